import { genericHook } from './generic.ts';
import type { HookFormat } from './hook.ts';
import { mailgunHook } from './mailgun.ts';
import { postmarkHook } from './postmark.ts';
import { resendHook } from './resend.ts';
import { sendGridHook } from './sendgrid.ts';
import { sesHook } from './ses.ts';

/** By the type of the sending account. Gmail has none. */
export const HOOK_FORMATS: ReadonlyMap<string, HookFormat> = new Map([
  ['resend', resendHook],
  ['ses', sesHook],
  ['sendgrid', sendGridHook],
  ['mailgun', mailgunHook],
  ['postmark', postmarkHook],
  ['smtp', genericHook],
]);
