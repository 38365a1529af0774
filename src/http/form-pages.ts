import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Core } from '../core/context.ts';
import { FormLimits } from '../core/form-limits.ts';
import { beginForm, type PublicForm, readForm, submitForm } from '../core/form-submit.ts';
import { type FormState, formDonePage, formPage } from './pages/form-page.ts';
import { actOf, fieldsOf, preparePublicPages, sendPage } from './public-pages.ts';

type FormRoute = { Params: { publicId: string } };

const hidden = { schema: { hide: true } };

/**
 * The page of a form, and where forms on other people's pages are sent to. There is nothing to forge (CSRF): no cookie is
 * read, whoever sends it sends it as nobody, and whose address it is is asked by mail. So other origins are let through.
 */
export function serveForms(core: Core, isLimited: boolean) {
  return async (app: FastifyInstance) => {
    preparePublicPages(app);
    const limits = isLimited ? new FormLimits(core) : null;

    app.get<FormRoute>('/f/:publicId', hidden, async (request, reply) => {
      const form = await readForm(core, request.params.publicId);
      return show(reply, form, { given: new URLSearchParams(), faults: [], again: false });
    });

    app.post<FormRoute>('/f/:publicId', hidden, async (request, reply) => {
      const form = await readForm(core, request.params.publicId);
      const given = fieldsOf(request);
      const outcome = await submitForm(core, form, given, actOf(request, 'form'), limits);
      switch (outcome.kind) {
        case 'done': {
          const { redirectUrl } = form.settings;
          if (redirectUrl === undefined) return sendPage(reply, formDonePage(form));
          return sendPage(reply.code(303).header('location', redirectUrl), formDonePage(form), targetsOf(form));
        }
        case 'again':
          return show(reply, form, { given, faults: [], again: true });
        case 'faulty':
          return show(reply.code(422), form, { given, faults: outcome.faults, again: false });
      }
    });

    const show = (reply: FastifyReply, form: PublicForm, state: Omit<FormState, 'begun'>) =>
      sendPage(reply, formPage(form, { ...state, begun: beginForm(core, form) }), targetsOf(form));
  };
}

/** Browsers hold a form to its policy also where its answer leads them on. */
function targetsOf({ settings: { redirectUrl } }: PublicForm): string[] {
  return redirectUrl === undefined ? [] : [new URL(redirectUrl).origin];
}
