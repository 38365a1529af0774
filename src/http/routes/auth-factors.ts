import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import { IdParams } from '../../contract/common.ts';
import {
  Enrolled,
  EnrolledPasskey,
  NewPasskey,
  Passkey,
  PasskeyChange,
  PasskeyOptions,
  Passkeys,
  RecoveryCodes,
  TotpCode,
  TotpEnrolment,
} from '../../contract/second-factors.ts';
import type { Person } from '../../core/context.ts';
import { checkConfirmed } from '../../core/own-password.ts';
import {
  beginPasskeyEnrolment,
  changePasskey,
  enrolPasskey,
  listOwnPasskeys,
  removePasskey,
} from '../../core/passkeys.ts';
import { renewRecoveryCodes } from '../../core/recovery-codes.ts';
import { confirmTotp, enrolTotp, removeTotp } from '../../core/totp.ts';
import type { AuthParts } from '../auth-parts.ts';
import { nothing } from '../replies.ts';
import { personWho } from '../request.ts';
import { setSessionCookie } from '../session-cookie.ts';

const tags = ['auth'];
const own = (audit: string | false) => ({ config: { role: 'viewer', audit } }) as const;

/** Second factors of one's own: an authenticator app, recovery codes, passkeys. */
export function authFactorRoutes({ core, limit }: AuthParts): FastifyPluginAsyncTypebox {
  /** A session that somebody else sits at must not change the locks. */
  const confirmed = async (request: FastifyRequest): Promise<Person> => {
    const person = personWho(request);
    await checkConfirmed(core, person);
    return person;
  };
  return async (app) => {
    app.post(
      '/auth/totp',
      {
        ...own(false),
        schema: {
          tags,
          summary:
            'Begin to set up an authenticator app: its secret, shown this once; it counts when a code confirms it',
          response: { 200: TotpEnrolment },
        },
      },
      async (request) => enrolTotp(core, await confirmed(request)),
    );

    app.post(
      '/auth/totp/confirm',
      {
        ...own('totp.enrolled'),
        schema: {
          tags,
          summary: 'Confirm it by its first code; other sessions end; the first second factor brings recovery codes',
          body: TotpCode,
          response: { 200: Enrolled },
        },
      },
      async (request, reply) => {
        const person = await confirmed(request);
        limit.begin(person.userId, `second factor of ${person.userId}`);
        const { token, recoveryCodes } = await confirmTotp(core, person, request.body.code);
        limit.succeeded(person.userId, `second factor of ${person.userId}`);
        setSessionCookie(request, reply, core.baseUrl, token);
        return { recoveryCodes };
      },
    );

    app.delete(
      '/auth/totp',
      { ...own('totp.removed'), schema: { tags, summary: 'Remove the authenticator app', response: nothing } },
      async (request, reply) => {
        await removeTotp(core, await confirmed(request));
        return reply.code(204).send(null);
      },
    );

    app.post(
      '/auth/recovery-codes',
      {
        ...own('recovery-codes.renewed'),
        schema: {
          tags,
          summary: 'Ten new recovery codes, shown this once; those of before count no more',
          response: { 200: RecoveryCodes },
        },
      },
      async (request) => ({ recoveryCodes: await renewRecoveryCodes(core, await confirmed(request)) }),
    );

    app.get(
      '/auth/passkeys',
      { config: { role: 'viewer' }, schema: { tags, summary: 'Your passkeys', response: { 200: Passkeys } } },
      async (request) => ({ items: await listOwnPasskeys(core, personWho(request)) }),
    );

    app.post(
      '/auth/passkeys/options',
      {
        ...own(false),
        schema: { tags, summary: 'What the browser makes a passkey from', response: { 200: PasskeyOptions } },
      },
      async (request) => beginPasskeyEnrolment(core, await confirmed(request)),
    );

    app.post(
      '/auth/passkeys',
      {
        ...own('passkey.enrolled'),
        schema: {
          tags,
          summary: 'Take the passkey that the browser made; other sessions end',
          body: NewPasskey,
          response: { 201: EnrolledPasskey },
        },
      },
      async (request, reply) => {
        const { token, ...answer } = await enrolPasskey(core, await confirmed(request), request.body);
        setSessionCookie(request, reply, core.baseUrl, token);
        Object.assign(request.auditNote, { id: answer.passkey.id, name: answer.passkey.name });
        reply.code(201);
        return answer;
      },
    );

    app.patch(
      '/auth/passkeys/:id',
      {
        ...own('passkey.renamed'),
        schema: {
          tags,
          summary: 'Give a passkey another name',
          params: IdParams,
          body: PasskeyChange,
          response: { 200: Passkey },
        },
      },
      (request) => changePasskey(core, personWho(request), request.params.id, request.body.name),
    );

    app.delete(
      '/auth/passkeys/:id',
      {
        ...own('passkey.removed'),
        schema: { tags, summary: 'Remove a passkey', params: IdParams, response: nothing },
      },
      async (request, reply) => {
        await removePasskey(core, await confirmed(request), request.params.id);
        return reply.code(204).send(null);
      },
    );
  };
}
