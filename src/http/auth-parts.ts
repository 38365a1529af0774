import type { Core } from '../core/context.ts';
import type { LoginLimit } from '../core/login-limit.ts';
import type { OidcLogin } from '../core/oidc.ts';
import type { AuditTrail } from './audit.ts';

/** What the routes of logging in share. */
export interface AuthParts {
  readonly core: Core;
  readonly trail: AuditTrail;
  /** One count of failures for all of them. */
  readonly limit: LoginLimit;
  /** Null where nothing is configured. */
  readonly oidc: OidcLogin | null;
}
