import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Preview, PreviewBody } from '../../contract/content.ts';
import { previewContent } from '../../core/content-preview.ts';
import type { Core } from '../../core/context.ts';
import { callerOf } from '../request.ts';

/** Content that is not stored yet. */
export function contentRoutes(core: Core): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(
      '/content/preview',
      {
        config: { role: 'viewer' },
        schema: {
          tags: ['templates'],
          summary: 'What somebody would read; nothing is stored or sent',
          body: PreviewBody,
          response: { 200: Preview },
        },
      },
      (request) => previewContent(core, callerOf(request), request.body),
    );
  };
}
