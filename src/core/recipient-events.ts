import type { LedgerRecipient } from '../contract/campaigns.ts';
import { listAccountNames } from '../db/accounts.ts';
import type { Executor } from '../db/database.ts';
import { type LedgerRow, listEvents } from '../db/ledger.ts';
import { eventWords } from './event-words.ts';

type RecipientEvent = LedgerRecipient['events'][number];

/** What happened to each of these rows, by its number, oldest first. */
export async function listRecipientEvents(
  db: Executor,
  sendId: string,
  rows: ReadonlyArray<Pick<LedgerRow, 'seq' | 'accountId' | 'sentAt'>>,
): Promise<Map<number, RecipientEvent[]>> {
  const bySeq = new Map(rows.map((row) => [row.seq, row]));
  const found = await listEvents(db, sendId, [...bySeq.keys()]);
  const names = found.some(({ type }) => type === 'rerouted')
    ? await listAccountNames(db, [...new Set(rows.flatMap(({ accountId }) => accountId ?? []))])
    : new Map<string, string>();
  const events = new Map<number, RecipientEvent[]>();
  for (const { seq, type, occurredAt, data } of found) {
    const row = bySeq.get(seq);
    const note = type === 'rerouted' && row ? reroutedWords(data as Rerouted, row, names) : eventWords(type, data);
    const event = { type, at: occurredAt.toISOString(), ...(note === null ? {} : { note }) };
    events.set(seq, [...(events.get(seq) ?? []), event]);
  }
  return events;
}

interface Rerouted {
  readonly account: string;
  readonly class: string | null;
  readonly response: string | null;
}

/** "account A did not take it (account-rate): 421 …; sent through B" */
function reroutedWords(
  { account, class: className, response }: Rerouted,
  row: Pick<LedgerRow, 'accountId' | 'sentAt'>,
  names: ReadonlyMap<string, string>,
): string {
  const through = row.sentAt === null ? undefined : names.get(row.accountId ?? '');
  const then = through === undefined ? 'it goes on through another account' : `sent through ${through}`;
  return `account ${account} did not take it (${className ?? 'no class'}): ${response ?? 'no answer'}; ${then}`;
}
