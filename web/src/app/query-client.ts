import { QueryCache, QueryClient } from '@tanstack/react-query';
import { meQuery } from '../features/session/api/get-me.ts';
import { ApiError } from '../lib/api.ts';

const MOST_TRIES = 2;

/**
 * One cache for all that the server said. When it says that we are nobody any more, or owe a second factor, who we are is
 * asked again, and the gate does the rest.
 */
export function makeQueryClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      onError: (error) => {
        if (error instanceof ApiError && (error.status === 401 || error.problem?.code === 'SECOND_FACTOR_REQUIRED'))
          void client.invalidateQueries({ queryKey: meQuery.queryKey });
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: 5000,
        retry: (tries, error) =>
          tries < MOST_TRIES && error instanceof ApiError && (error.status === 0 || error.status >= 500),
        retryDelay: (tries) => 500 * 2 ** tries,
      },
    },
  });
  return client;
}
