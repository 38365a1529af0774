import { queryOptions, useQuery } from '@tanstack/react-query';
import type { SandboxBehaviour } from '../../../../../src/contract/sandbox.ts';
import { getJson } from '../../../lib/api.ts';

export const behaviourQuery = queryOptions({
  queryKey: ['sandbox-behaviour'],
  queryFn: ({ signal }) => getJson<SandboxBehaviour>('/api/sandbox/behaviour', signal),
});

export function useBehaviour() {
  return useQuery(behaviourQuery);
}
