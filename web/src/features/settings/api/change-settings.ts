import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Settings, SettingsChange } from '../../../../../src/contract/settings.ts';
import { sendJson } from '../../../lib/api.ts';

export function useChangeSettings() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (change: SettingsChange) => sendJson<Settings>('PATCH', '/api/settings', change),
    onSuccess: (settings) => {
      client.setQueryData(['settings'], settings);
      return client.invalidateQueries({ queryKey: ['me'] });
    },
  });
}
