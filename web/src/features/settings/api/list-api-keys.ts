import { useQuery } from '@tanstack/react-query';
import type { ApiKey } from '../../../../../src/contract/api-keys.ts';
import type { Page } from '../../../../../src/contract/common.ts';
import { getJson } from '../../../lib/api.ts';

export function useApiKeys() {
  return useQuery({
    queryKey: ['api-keys'],
    queryFn: ({ signal }) => getJson<Page<ApiKey>>('/api/api-keys?limit=1000', signal),
  });
}
