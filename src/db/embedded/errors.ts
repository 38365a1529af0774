/** Why the embedded PostgreSQL did not start. Stable: callers and documentation may rely on the codes. */
export type EmbeddedPostgresCode =
  | 'EMBEDDED_IN_USE'
  | 'EMBEDDED_INIT_FAILED'
  | 'EMBEDDED_NO_ACCESS'
  | 'EMBEDDED_NO_BINARIES'
  | 'EMBEDDED_NO_SOCKET'
  | 'EMBEDDED_NO_USER'
  | 'EMBEDDED_NOT_A_CLUSTER'
  | 'EMBEDDED_START_FAILED'
  | 'EMBEDDED_WRONG_MAJOR';

/** The message says what happened, what is safe, and what to do, in that order. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
  readonly code: EmbeddedPostgresCode;

  constructor(code: EmbeddedPostgresCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.code = code;
  }
}

/** The `code` of a system or PostgreSQL error (ENOENT, 57P03, …), if it has one. */
export function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}
