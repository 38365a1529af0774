import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { AlertRules, AlertSettings, AlertSettingsChange } from '../../../../../src/contract/alerts.ts';
import type { Settings } from '../../../../../src/contract/settings.ts';
import { getJson, sendJson } from '../../../lib/api.ts';

/** As they hold, and as they are built in. */
export function useAlertRules() {
  return useQuery({
    queryKey: ['alerts', 'rules'],
    queryFn: ({ signal }) => getJson<AlertRules>('/api/alerts/rules', signal),
  });
}

export function useAlertChannels() {
  return useQuery({
    queryKey: ['alerts', 'channels'],
    queryFn: async ({ signal }): Promise<AlertSettings | null> =>
      (await getJson<Settings>('/api/settings', signal)).alerts,
  });
}

export function useSaveAlertSettings() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (alerts: AlertSettingsChange) => sendJson<Settings>('PATCH', '/api/settings', { alerts }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['settings'] });
      return client.invalidateQueries({ queryKey: ['alerts'] });
    },
  });
}
