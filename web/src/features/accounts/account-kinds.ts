import type { Account, NewAccount } from '../../../../src/contract/accounts.ts';

export type AccountKind = NewAccount['type'];
export type KindField = 'region' | 'domain' | 'stream' | 'endpoint' | 'adminEmail';

interface Kind {
  /** Its login has a user name beside the key. */
  readonly hasUsername: boolean;
  /** It sends as the users of a Workspace: its key is a file, and each user has a limit. */
  readonly hasUsers?: boolean;
  /** What it is asked for besides the key; true where it cannot do without. */
  readonly fields: Partial<Readonly<Record<KindField, boolean>>>;
}

/** What an account sends over, and what has to be known of it: as the API asks for it. */
const KINDS: Readonly<Record<Exclude<AccountKind, 'smtp'>, Kind>> = {
  resend: { hasUsername: false, fields: {} },
  ses: { hasUsername: true, fields: { region: true } },
  sendgrid: { hasUsername: false, fields: {} },
  mailgun: { hasUsername: false, fields: { domain: true, region: false } },
  postmark: { hasUsername: false, fields: { stream: false } },
  gmail: { hasUsername: false, hasUsers: true, fields: { adminEmail: true } },
};

/** Null for SMTP. */
export function kindOf(type: string): Kind | null {
  return type in KINDS ? KINDS[type as keyof typeof KINDS] : null;
}

/** Where an account leads, in a few words. */
export function placeOf({ type, host, port, region, domain, endpoint, adminEmail }: Account): string {
  if (kindOf(type) === null) return `${host ?? ''}:${port ?? ''}`;
  return endpoint ?? [type, region, domain, adminEmail?.split('@')[1]].filter(Boolean).join(' ');
}
