import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { Operation } from '../../../src/contract/queue.ts';
import { ApiError, getJson, pathOf } from '../lib/api.ts';
import { progressStream } from '../lib/progress-stream.ts';

const ENDED = ['completed', 'failed', 'cancelled'];

export function hasEnded(operation: Pick<Operation, 'state'>): boolean {
  return ENDED.includes(operation.state);
}

/** How an operation gets on: asked once, then told. Null: it is not known (any more). Undefined: not known yet. */
export function useOperation(id: string | null): Operation | null | undefined {
  const client = useQueryClient();
  const operation = useQuery({
    queryKey: ['operations', id],
    queryFn: ({ signal }) => findOperation(id ?? '', signal),
    enabled: id !== null,
    staleTime: Number.POSITIVE_INFINITY,
  }).data;
  useEffect(() => {
    if (id === null) return;
    const queryKey = ['operations', id];
    return progressStream.listen({
      onProgress: (event) => {
        if (event.id === id) client.setQueryData(queryKey, event);
      },
      onGap: () => void client.invalidateQueries({ queryKey }),
    });
  }, [client, id]);
  return operation;
}

async function findOperation(id: string, signal?: AbortSignal): Promise<Operation | null> {
  try {
    return await getJson<Operation>(pathOf('/api/queue/progress', { id }), signal);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}

/** Settles when an operation is over. */
export function whenEnded(id: string): Promise<Operation> {
  return new Promise((resolve, reject) => {
    const look = () =>
      findOperation(id).then((operation) => {
        if (operation && hasEnded(operation)) end(operation);
      }, fail);
    const stop = progressStream.listen({
      onProgress: (event) => {
        if (event.id === id && hasEnded(event)) end(event);
      },
      onGap: () => void look(),
    });
    const end = (operation: Operation) => {
      stop();
      resolve(operation);
    };
    const fail = (error: unknown) => {
      stop();
      reject(error);
    };
    void look();
  });
}
