import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Core } from '../core/context.ts';
import {
  type Preferences,
  pause,
  readMonths,
  readPreferences,
  resume,
  saveTopics,
  setTracking,
  unsubscribeFromAll,
} from '../core/preferences.ts';
import { TEST_UNSUBSCRIBE_TOKEN } from '../core/test-send.ts';
import { readLink, unsubscribeByLink } from '../core/unsubscribe.ts';
import { AppError } from '../errors.ts';
import { day, preferencesPage } from './pages/preferences-page.ts';
import { confirmUnsubscribePage, readReason, testPage, unsubscribedPage } from './pages/unsubscribe-page.ts';
import { actOf, fieldsOf, preparePublicPages, sendPage } from './public-pages.ts';

type TokenRoute = { Params: { token: string } };

const hidden = { schema: { hide: true } };

/**
 * The pages behind `{{unsubscribeUrl}}`, List-Unsubscribe and `{{preferencesUrl}}`. GET only asks, because programs follow
 * links in mail; POST acts, whether it comes from the page's form or from a mail program's one-click (RFC 8058): no login,
 * cookie or redirect.
 */
export function serveUnsubscribe(core: Core) {
  return async (app: FastifyInstance) => {
    preparePublicPages(app);

    app.get<TokenRoute>('/u/:token', hidden, async (request, reply) => {
      const { token } = request.params;
      if (token === TEST_UNSUBSCRIBE_TOKEN) return sendPage(reply, testPage());
      const { owner } = await readLink(core, token);
      return sendPage(reply, confirmUnsubscribePage(owner.email, owner.sender, preferencesPath(token)));
    });

    app.post<TokenRoute>('/u/:token', hidden, async (request, reply) => {
      const { token } = request.params;
      if (token === TEST_UNSUBSCRIBE_TOKEN) return sendPage(reply, testPage());
      const fields = fieldsOf(request);
      const method = fields.get('from') === 'page' ? 'page' : 'one-click';
      const owner = await unsubscribeByLink(core, token, actOf(request, method, readReason(fields.get('reason'))));
      return sendPage(reply, unsubscribedPage(owner.email, owner.sender, preferencesPath(token)));
    });

    app.get<TokenRoute>('/u/:token/preferences', hidden, async (request, reply) => {
      if (request.params.token === TEST_UNSUBSCRIBE_TOKEN) return sendPage(reply, testPage());
      return showPreferences(reply, await readPreferences(core, request.params.token), null);
    });

    app.post<TokenRoute>('/u/:token/preferences', hidden, async (request, reply) => {
      const { token } = request.params;
      if (token === TEST_UNSUBSCRIBE_TOKEN) return sendPage(reply, testPage());
      const fields = fieldsOf(request);
      const act = actOf(request, 'page', readReason(fields.get('reason')));
      switch (fields.get('action')) {
        case 'save': {
          const choice = { shown: fields.getAll('shown'), wanted: fields.getAll('topic') };
          return showPreferences(reply, await saveTopics(core, token, choice, act), 'Your topics are saved.');
        }
        case 'pause': {
          const paused = await pause(core, token, readMonths(fields.get('months')), act);
          const until = paused.pausedUntil;
          return showPreferences(reply, paused, until ? `Nothing is sent to you until ${day(until)}.` : null);
        }
        case 'resume':
          return showPreferences(reply, await resume(core, token, act), 'The pause is over.');
        case 'untrack':
          return showPreferences(
            reply,
            await setTracking(core, token, false, act),
            'It is not noted any more what you open and which links you follow.',
          );
        case 'track':
          return showPreferences(
            reply,
            await setTracking(core, token, true, act),
            'It may be noted again what you open.',
          );
        case 'leave':
          return showPreferences(
            reply,
            await unsubscribeFromAll(core, token, act),
            'You are unsubscribed. A message that is on its way at this moment may still arrive.',
          );
        default:
          throw new AppError('VALIDATION', 'This form was not sent whole. Open the page again. Nothing was changed.');
      }
    });
  };
}

function preferencesPath(token: string): string {
  return `/u/${token}/preferences`;
}

function showPreferences(reply: FastifyReply, preferences: Preferences, done: string | null): FastifyReply {
  return sendPage(reply, preferencesPage(preferences, done));
}
