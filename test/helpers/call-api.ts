import { expect } from 'vitest';
import type { WorkerInfo, Workers } from '../../src/contract/workers.ts';

/** Calls the API of a server that listens, and throws with the answer when it is no success. */
export async function callApi<T>(
  { url, apiKey }: { readonly url: string; readonly apiKey: string },
  method: string,
  path: string,
  body?: unknown,
): Promise<T> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return (text === '' ? null : JSON.parse(text)) as T;
}

/** Workers that run, of all nodes. */
export async function runningWorkers(server: { readonly url: string; readonly apiKey: string }): Promise<WorkerInfo[]> {
  const { workers } = await callApi<Workers>(server, 'GET', '/api/workers');
  return workers.filter((worker) => worker.state === 'running');
}

export async function untilWorkersRun(
  server: { readonly url: string; readonly apiKey: string },
  count: number,
  patience: { readonly timeout: number; readonly interval: number },
): Promise<void> {
  await expect.poll(async () => (await runningWorkers(server)).length, patience).toBe(count);
}
