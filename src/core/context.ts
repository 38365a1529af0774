import type { Database } from '../db/database.ts';
import type { LinkTokens } from '../domain/link-tokens.ts';
import type { PageTokens } from '../domain/page-token.ts';
import type { RecipientTokens } from '../domain/tokens.ts';
import { AppError } from '../errors.ts';
import type { EventBus } from '../events/bus.ts';
import type { Durations } from '../lib/durations.ts';
import type { Logger } from '../lib/logger.ts';
import type { RedisClient } from '../lib/redis.ts';
import type { SecretBox } from '../lib/secret-box.ts';
import type { Queues } from '../queue/queues.ts';

/** What use cases are built on. Made once in `main.ts`; a use case takes the parts it names. */
export interface Core {
  readonly db: Database;
  readonly queues: Queues;
  readonly events: EventBus;
  /** Null where everything runs on PostgreSQL. */
  readonly redis: RedisClient | null;
  readonly secrets: SecretBox;
  readonly tokens: RecipientTokens;
  /** Tracked links, openings and web versions. */
  readonly linkTokens: LinkTokens;
  /** Links and forms of public pages. */
  readonly pageTokens: PageTokens;
  readonly log: Logger;
  /** Null where nothing is measured (MONITORING=false). */
  readonly durations: Durations | null;
  /** Public address, without a trailing slash. */
  readonly baseUrl: string;
  /** Where uploads are spooled and generated files live. */
  readonly dataDir: string;
  /** Defaults of accounts that do not set their own (EMAIL_BATCH_SIZE, EMAIL_BATCH_DELAY). */
  readonly sending: { readonly batchSize: number; readonly batchDelayMs: number };
}

/** Who asks, and in which workspace. */
export interface Caller {
  readonly workspaceId: string;
  readonly role: Role;
  /** Null for an API key. */
  readonly userId: string | null;
  /** Only of an API key. */
  readonly apiKeyId?: string;
  /** What a key is narrowed to; missing or null where its role is all that counts. */
  readonly scopes?: readonly string[] | null;
  /** Only of a session. */
  readonly sessionId?: string;
  /** Nothing but setting up a second factor is open to them. */
  readonly mustEnrol?: boolean;
}

/** A person with a session: what belongs to an account of one's own is not for keys. */
export interface Person {
  readonly userId: string;
  readonly sessionId: string;
  readonly workspaceId: string;
}

/** Throws FORBIDDEN for an API key. */
export function personOf({ userId, sessionId, workspaceId }: Caller): Person {
  if (userId !== null && sessionId !== undefined) return { userId, sessionId, workspaceId };
  throw new AppError(
    'FORBIDDEN',
    'This is for people: an API key has no account of its own. Log in. Nothing was done.',
  );
}

const ROLES = ['viewer', 'editor', 'admin', 'owner'] as const;
export type Role = (typeof ROLES)[number];

export function hasRole(caller: Caller, least: Role): boolean {
  return ROLES.indexOf(caller.role) >= ROLES.indexOf(least);
}
