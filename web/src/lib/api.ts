import type { Problem } from '../../../src/contract/common.ts';
import { strings } from './strings.ts';

/** What went wrong with a request: the server's own words, or that no words came. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** 0 when no answer came. */
  readonly status: number;
  readonly problem: Problem | null;

  constructor(status: number, message: string, problem: Problem | null = null) {
    super(message);
    this.status = status;
    this.problem = problem;
  }
}

export type Query = Readonly<Record<string, string | number | undefined>>;

/** A path with its query; what is undefined or empty is left out. */
export function pathOf(path: string, query: Query = {}): string {
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  const search = new URLSearchParams(pairs.map(([name, value]) => [name, String(value)])).toString();
  return search === '' ? path : `${path}?${search}`;
}

export async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await (await request(path, signal ? { signal } : {})).json()) as T;
}

export async function getText(path: string, signal?: AbortSignal): Promise<string> {
  return (await request(path, signal ? { signal } : {})).text();
}

/** Sends JSON; answers null for an empty answer. */
export async function sendJson<T>(
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  body?: unknown,
): Promise<T> {
  const json =
    body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  const response = await request(path, { method, ...json });
  return (response.status === 204 ? null : await response.json()) as T;
}

async function request(path: string, init: RequestInit): Promise<Response> {
  const response = await fetch(path, { credentials: 'same-origin', ...init }).catch((error: unknown) => {
    if (init.signal?.aborted) throw error;
    throw new ApiError(0, strings.noAnswer);
  });
  if (response.ok) return response;
  throw await errorOf(response);
}

async function errorOf(response: Response): Promise<ApiError> {
  const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json');
  const problem = isProblem ? ((await response.json()) as Problem) : null;
  return new ApiError(response.status, problem?.detail ?? strings.noWords({ status: response.status }), problem);
}

/** The request goes on when the page is left meanwhile. */
export async function deleteEvenWhenLeaving(path: string): Promise<void> {
  await request(path, { method: 'DELETE', keepalive: true });
}

interface Upload {
  readonly path: string;
  readonly body: FormData;
  /** Told the share that has arrived, 0 to 1. */
  readonly onProgress: (share: number) => void;
  readonly signal: AbortSignal;
}

/** Sends a form with files. By XMLHttpRequest: fetch does not tell how far an upload is. */
export function upload<T>({ path, body, onProgress, signal }: Upload): Promise<T> {
  return new Promise((resolve, reject) => {
    const sent = new XMLHttpRequest();
    sent.upload.onprogress = (event) => onProgress(event.total === 0 ? 0 : event.loaded / event.total);
    sent.onerror = () => reject(new ApiError(0, strings.noAnswer));
    sent.onabort = () => reject(signal.reason);
    sent.onload = () => {
      const answer = new Response(sent.response as Blob, {
        status: sent.status,
        headers: { 'content-type': sent.getResponseHeader('content-type') ?? '' },
      });
      if (answer.ok) resolve(answer.json() as Promise<T>);
      else errorOf(answer).then(reject, reject);
    };
    signal.addEventListener('abort', () => sent.abort(), { once: true });
    sent.open('POST', path);
    sent.responseType = 'blob';
    sent.send(body);
  });
}
