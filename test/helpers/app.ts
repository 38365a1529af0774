import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';
import { storeApiKey } from '../../src/core/api-keys.ts';
import type { Core, Role } from '../../src/core/context.ts';
import type { LoadSource } from '../../src/core/load-watch.ts';
import { insertWorkspace } from '../../src/db/workspaces.ts';
import { buildApp, type HttpOptions } from '../../src/http/app.ts';
import { openTestCore, type TestCore, type TestParts } from './core.ts';

interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came back
  readonly body: any;
  readonly text: string;
  readonly headers: LightMyRequestResponse['headers'];
}

/** Calls the API as somebody. `body` is sent as JSON. */
type Call = (
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'PUT',
  url: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<Answer>;

export interface TestApp extends TestCore {
  readonly app: FastifyInstance;
  /** As the workspace's editor, unless a role is named. */
  as(role: Role): Call;
  readonly call: Call;
  /** As an owner of another workspace. */
  readonly stranger: Call;
  inject(options: InjectOptions): Promise<LightMyRequestResponse>;
}

/** A server that is never under load, however busy the machine is that tests run on. */
export const CALM: LoadSource = { load: { factor: 1, reason: null }, touch: () => {}, close: () => {} };

/**
 * The whole HTTP side on a database of its own, without a socket and without workers. Limits of the API are off unless a
 * test asks for them: some call more often than people do. And they do not shrink when the machine is busy.
 */
export async function openTestApp(options: HttpOptions = {}, parts: TestParts = {}): Promise<TestApp> {
  const test = await openTestCore(parts);
  const app = await buildApp(test.core, { webDir: '/nowhere', rateLimits: false, load: CALM, ...options });
  const other = await insertWorkspace(test.core.db.sql, 'Other');
  const roles = ['viewer', 'editor', 'admin', 'owner'] as const;
  const calls = new Map<Role, Call>();
  for (const role of roles) calls.set(role, await callAs(app, test.core, test.caller.workspaceId, role));
  const as = (role: Role) => calls.get(role)!;
  return {
    ...test,
    app,
    as,
    call: as('owner'),
    stranger: await callAs(app, test.core, other.id, 'owner'),
    inject: (request) => app.inject(request),
    close: async () => {
      await app.close();
      await test.close();
    },
  };
}

async function callAs(app: FastifyInstance, core: Core, workspaceId: string, role: Role): Promise<Call> {
  const key = `test-key-${role}-${workspaceId}`;
  await storeApiKey(core, { workspaceId, name: role, role, key });
  return async (method, url, body, headers = {}) => {
    const payload = body === undefined ? {} : { payload: body as object };
    const response = await app.inject({
      method,
      url,
      headers: { authorization: `Bearer ${key}`, ...headers },
      ...payload,
    });
    return answerOf(response);
  };
}

function answerOf(response: LightMyRequestResponse): Answer {
  const json = /json/.test(String(response.headers['content-type'] ?? ''));
  return {
    status: response.statusCode,
    body: json ? response.json() : null,
    text: response.body,
    headers: response.headers,
  };
}
