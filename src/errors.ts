/**
 * Every error a user or a program can meet, by code. Each code is described in docs/errors.md, and a test compares the
 * two both ways. Nothing here knows of HTTP: `src/http/error-handler.ts` maps codes to statuses.
 */
export const ERROR_CODES = {
  ACCOUNT_IN_USE: 'A sending account cannot be deleted while a campaign is sending through it.',
  ACCOUNT_UNREACHABLE: 'The sending account did not accept a connection or a login.',
  ALERT_STANDING: 'An alert cannot be deleted before it is over.',
  AUTHENTICATION_REQUIRED: 'The request carries no valid API key or session.',
  BODY_MALFORMED: 'The request body is not what its content type says.',
  BODY_TOO_LARGE: 'The request body is over the limit.',
  CAMPAIGN_NOT_READY: 'The campaign lacks something it needs before it can be sent.',
  CAMPAIGN_STATE: 'The campaign is not in a state that allows this.',
  CONFIG_INVALID: 'One or more environment variables or options are wrong.',
  CONFIRMATION_REQUIRED: 'The person has to prove once more who they are.',
  COUNT_TOO_LONG: 'Looking at every contact of the workspace took too long.',
  CREDENTIALS_UNREADABLE: 'Stored credentials cannot be opened with the current APP_SECRET.',
  CSV_MALFORMED: 'A file of contacts cannot be read.',
  DATABASE_NEWER: 'The database was written by a newer release of Postrider.',
  DATABASE_UNAVAILABLE: 'The database does not answer.',
  DKIM_KEY_IN_USE: 'A DKIM key signs, or messages that it signed may still be under way.',
  EMAIL_STATE: 'The email is not in a state that allows this.',
  EMBEDDED_DATABASE: 'The embedded PostgreSQL cannot be started.',
  FEED_UNREADABLE: 'The feed of a series cannot be fetched or read.',
  FORBIDDEN: 'The role of the caller does not allow this.',
  IDEMPOTENCY_CONFLICT:
    'The Idempotency-Key was used before with another request, or its first request is still running.',
  IMPORT_NOT_READY: 'The import is no dry run that has ended, or its upload is gone.',
  INTERNAL: 'Something failed that should not have.',
  LAST_OWNER: 'A workspace keeps at least one owner.',
  NAME_TAKEN: 'Something of this name exists already.',
  NOT_FOUND: 'There is nothing with this id in the workspace.',
  OPERATION_RUNNING: 'An operation that is under way cannot be taken off the list.',
  PORT_IN_USE: 'Another program listens on the port.',
  RATE_LIMITED: 'Too many requests.',
  SECOND_FACTOR_REQUIRED: 'The workspace asks everybody for a second factor, and this person has none.',
  SEGMENT_IN_USE: 'A segment cannot be deleted while a draft, a scheduled campaign or a series is to be sent to it.',
  SETUP_DONE: 'The set-up of the first start was finished before.',
  TEMPLATE_SYNTAX: 'A template has a syntax error, or MJML that cannot be compiled.',
  TOKEN_EXPIRED: 'A one-time link, or a login under way, was used, withdrawn, or is too old.',
  UNSUPPORTED_MEDIA_TYPE: 'The content type of the request is not accepted here.',
  VALIDATION: 'A value breaks a rule.',
  WEBHOOK_DISABLED: 'A webhook is disabled.',
  WEBHOOK_SIGNATURE: 'A message of a provider is not signed as the account’s settings ask for.',
} as const satisfies Record<string, string>;

export type ErrorCode = keyof typeof ERROR_CODES;

/** One finding about one value: `path` is a JSON pointer-like path (`audience/3/email`), `message` says what to do. */
export interface ErrorDetail {
  readonly path: string;
  readonly message: string;
}

export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly details: readonly ErrorDetail[];
  /** When trying again makes sense; null when it does not by itself. */
  readonly retryAfterSeconds: number | null;

  constructor(
    code: ErrorCode,
    message: string,
    options: { details?: readonly ErrorDetail[]; cause?: unknown; retryAfterSeconds?: number } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds ?? null;
  }
}

export function notFound(what: string, id: string): AppError {
  return new AppError('NOT_FOUND', `There is no ${what} with the id ${id} in this workspace.`);
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
