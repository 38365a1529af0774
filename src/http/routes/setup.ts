import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Me } from '../../contract/auth.ts';
import { SetupBody, SetupState } from '../../contract/setup.ts';
import type { Core } from '../../core/context.ts';
import { describeCaller } from '../../core/me.ts';
import { isSetUp, setUp } from '../../core/setup.ts';
import { callerOf, personWho } from '../request.ts';
import { setSessionCookie } from '../session-cookie.ts';

const tags = ['setup'];

/** The first start, finished in the dashboard. */
export function setupRoutes(core: Core): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/setup',
      {
        config: { role: 'public' },
        schema: { tags, summary: 'Whether the first owner has been made ready', response: { 200: SetupState } },
      },
      async () => ({ done: await isSetUp(core) }),
    );

    app.post(
      '/setup',
      {
        config: { role: 'owner', audit: 'workspace.set-up' },
        schema: {
          tags,
          summary: 'Once, by whoever came with the link of the first start: who you are, and the name of the workspace',
          body: SetupBody,
          response: { 200: Me },
        },
      },
      async (request, reply) => {
        const token = await setUp(core, personWho(request), request.body);
        setSessionCookie(request, reply, core.baseUrl, token);
        return describeCaller(core, callerOf(request));
      },
    );
  };
}
