import type { AccountChange, NewAccount } from '../contract/accounts.ts';

type Preset = NonNullable<NewAccount['preset']>;

const GMAIL = { host: 'smtp.gmail.com', port: 465, secure: 'tls' } as const;

/**
 * What a preset fills in. Gmail: 500 messages a day for a person, 2,000 for Workspace
 * (support.google.com/a/answer/166852), in batches small enough not to be taken for abuse.
 */
export const ACCOUNT_PRESETS: Readonly<Record<Preset, Omit<AccountChange, 'name'>>> = {
  'gmail-personal': { ...GMAIL, batchSize: 8, batchDelayMs: 600, limits: { perDay: 500 } },
  'gmail-workspace': { ...GMAIL, batchSize: 20, batchDelayMs: 200, limits: { perDay: 2000 } },
  dedicated: { batchSize: 50, batchDelayMs: 50 },
};
