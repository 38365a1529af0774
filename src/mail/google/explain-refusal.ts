import { type ReplyClassName, replyClass } from '../classify/reply-classes.ts';
import { AccessError } from '../oauth/access-error.ts';
import type { TokenRefusal } from '../oauth/token-endpoint.ts';

interface Asked {
  readonly clientId: string;
  readonly subject: string;
  readonly scope: string;
}

interface Line {
  readonly error: string;
  readonly description?: RegExp;
  readonly name: ReplyClassName;
  readonly help: (asked: Asked) => string;
}

const DELEGATE = ({ clientId, scope }: Asked) =>
  `In admin.google.com under Security, Access and data control, API controls, Domain-wide delegation, authorise the client ID ${clientId} for the scope ${scope}; it can take some minutes until that holds`;
const NEW_KEY = () => 'The key was deleted or belongs to another service account: make a new one and paste it here';
const NO_USER = ({ subject }: Asked) =>
  `The user ${subject} does not exist in this Workspace, or is suspended or deleted`;

/** How Google refuses an assertion (developers.google.com/identity/protocols/oauth2/service-account, "JWT error codes"). */
const LINES: readonly Line[] = [
  { error: 'unauthorized_client', name: 'delegation-missing', help: DELEGATE },
  { error: 'access_denied', name: 'delegation-missing', help: DELEGATE },
  { error: 'admin_policy_enforced', name: 'delegation-missing', help: DELEGATE },
  { error: 'invalid_scope', name: 'delegation-missing', help: DELEGATE },
  {
    error: 'invalid_grant',
    description: /short-lived token|timeframe|\biat\b|\bexp\b/i,
    name: 'token-unavailable',
    help: () => 'The clock of this machine is wrong: set it by NTP',
  },
  {
    error: 'invalid_grant',
    description: /email or user ?id|not a valid email|(?:account|user).{0,30}(?:deleted|disabled|suspended)/i,
    name: 'user-unavailable',
    help: NO_USER,
  },
  { error: 'invalid_grant', name: 'auth-failed', help: NEW_KEY },
  { error: 'invalid_client', name: 'auth-failed', help: NEW_KEY },
  { error: 'deleted_client', name: 'auth-failed', help: NEW_KEY },
];

/** A refusal of Google's token endpoint with what to do about it, and whose trouble it is: the user's, or the account's. */
export function explainRefusal({ status, error, description }: TokenRefusal, asked: Asked): AccessError {
  const said = description === '' ? error : `${error}: ${description}`;
  const line = LINES.find((one) => one.error === error && (one.description?.test(description.slice(0, 500)) ?? true));
  const help = line ? `. ${line.help(asked)}.` : '';
  return new AccessError(
    `Google gave no access token (${said})${help}`,
    replyClass(line?.name ?? 'auth-failed'),
    status,
  );
}
