import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { SandboxBehaviour } from '../../../../../src/contract/sandbox.ts';
import { sendJson } from '../../../lib/api.ts';
import { behaviourQuery } from './get-behaviour.ts';

export function useSetBehaviour() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (behaviour: SandboxBehaviour) => sendJson<SandboxBehaviour>('PUT', '/api/sandbox/behaviour', behaviour),
    onSuccess: (behaviour) => client.setQueryData(behaviourQuery.queryKey, behaviour),
  });
}
