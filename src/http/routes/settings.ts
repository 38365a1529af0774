import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Settings, SettingsChange } from '../../contract/settings.ts';
import type { Core } from '../../core/context.ts';
import { checkLinkDomain } from '../../core/link-domain.ts';
import { changeSettings, getSettings } from '../../core/settings.ts';
import { callerOf } from '../request.ts';

const tags = ['settings'];

export function settingsRoutes(core: Core): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/settings',
      {
        config: { role: 'viewer' },
        schema: { tags, summary: "The workspace's defaults", response: { 200: Settings } },
      },
      (request) => getSettings(core, callerOf(request)),
    );

    app.patch(
      '/settings',
      {
        config: { role: 'admin' },
        schema: {
          tags,
          summary: 'Change defaults; null goes back to the built-in one',
          body: SettingsChange,
          response: { 200: Settings },
        },
      },
      (request) => changeSettings(core, callerOf(request), request.body),
    );

    app.post(
      '/settings/tracking-domain/check',
      {
        config: { role: 'admin' },
        schema: {
          tags,
          summary: 'Find out whether trackingDomain leads here',
          description:
            'Asks it over https, as readers would. When this installation answers, links of messages go by it; when not, 422 says why, and they go by BASE_URL.',
          response: { 200: Settings },
        },
      },
      (request) => checkLinkDomain(core, callerOf(request)),
    );
  };
}
