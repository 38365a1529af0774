import type { LedgerRecipient, RecipientsQuery } from '../contract/campaigns.ts';
import type { Page } from '../contract/common.ts';
import type { RecipientState } from '../contract/states.ts';
import { listVariantRanges, listVariants, type VariantRow } from '../db/campaign-variants.ts';
import type { CampaignRow } from '../db/campaigns.ts';
import type { Executor } from '../db/database.ts';
import { type LedgerFilter, type LedgerRow, listLedger } from '../db/ledger.ts';
import { listStatePage } from '../db/ledger-page.ts';
import { findSendOfCampaign } from '../db/sends.ts';
import { listUserEmails } from '../db/workspace-users.ts';
import { stateFromCode } from '../domain/recipient-state.ts';
import { csvLine } from '../lib/csv.ts';
import { variantNamed } from './campaign-variants.ts';
import { getCampaign } from './campaigns.ts';
import { invalid } from './content.ts';
import type { Caller, Core } from './context.ts';
import { decodeCursor, toPage } from './cursor.ts';
import { listRecipientEvents } from './recipient-events.ts';

type LedgerCore = Pick<Core, 'db' | 'tokens'>;
type LedgerQuery = Pick<RecipientsQuery, 'state' | 'email' | 'code' | 'class' | 'variant'>;

type Filter = Omit<LedgerFilter, 'afterSeq' | 'limit'> & { readonly variant?: number };

interface Place {
  readonly afterSeq: number;
  readonly skip: number;
  readonly limit: number;
}

const EXPORT_ROWS = 1000;

/** What became of each recipient of a campaign, in the order of the audience. */
export async function listRecipients(
  core: LedgerCore,
  caller: Caller,
  campaignId: string,
  query: RecipientsQuery,
): Promise<Page<LedgerRecipient>> {
  const campaign = await getCampaign(core, caller, campaignId);
  const send = await findSendOfCampaign(core.db.sql, campaignId);
  if (!send) return { items: [], nextCursor: null };
  const limit = query.limit ?? 50;
  const place = { ...placeOf(query), limit: limit + 1 };
  const variants = await variantsOf(core, campaign);
  const rows = await listRows(core, filterOf(send.id, query, variants), place);
  const { items, nextCursor } = toPage(
    rows,
    limit,
    (row) => row.seq,
    (row) => row,
  );
  return { items: await describeRows(core, campaign, variants, send.id, items), nextCursor };
}

/** Behind a cursor, or from the n-th row on. */
function placeOf({ cursor, from, email, code, class: name }: RecipientsQuery): Omit<Place, 'limit'> {
  if (from === undefined) return { afterSeq: cursor === undefined ? 0 : decodeCursor(cursor, 'number'), skip: 0 };
  const other = Object.entries({ cursor, email, code, class: name }).find(([, value]) => value !== undefined);
  if (other)
    throw invalid(
      'from',
      `cannot be used together with ${other[0]}: only rows of a state or variant, or all, are numbered`,
    );
  return { afterSeq: 0, skip: from };
}

async function listRows({ db }: LedgerCore, filter: Filter, place: Place): Promise<LedgerRow[]> {
  const { sendId, state, email, variant } = filter;
  if ((state !== undefined || variant !== undefined) && email === undefined)
    return listStatePage(db.pool, { ...filter, ...place });
  // All rows are numbered from 1 on without gaps.
  const rows = await listLedger(db.sql, { ...filter, afterSeq: place.afterSeq + place.skip, limit: place.limit });
  if (variant === undefined) return rows;
  const given = await variantsOfRows(db.sql, sendId, rows);
  return rows.filter(({ seq }) => given.get(seq) === variant);
}

/** In their order; empty when the campaign has none. */
async function variantsOf({ db }: LedgerCore, { id, abTest }: CampaignRow): Promise<VariantRow[]> {
  return abTest === null ? [] : listVariants(db.sql, id);
}

/** What each row is sent, of a page in the order of the ledger; null where nobody knows yet. */
async function variantsOfRows(
  db: Executor,
  sendId: string,
  rows: readonly LedgerRow[],
): Promise<Map<number, number | null>> {
  const [first, last] = [rows.at(0), rows.at(-1)];
  const ranges = first && last ? await listVariantRanges(db, sendId, first.seq, last.seq) : [];
  let at = 0;
  const variantOf = (seq: number) => {
    while ((ranges[at]?.lastSeq ?? seq) < seq) at++;
    return ranges[at]?.variant ?? null;
  };
  return new Map(rows.map(({ seq }) => [seq, variantOf(seq)]));
}

const COLUMNS = [
  'seq',
  'email',
  'state',
  'attempts',
  'accountId',
  'messageId',
  'response',
  'code',
  'class',
  'reason',
  'sentAt',
  'nextAttemptAt',
] as const;

/** The same as CSV, page by page, so that a million rows take no memory. Throws before the first line when there is no such campaign. */
export async function exportRecipients(
  core: LedgerCore,
  caller: Caller,
  campaignId: string,
  query: LedgerQuery,
): Promise<AsyncIterable<string>> {
  const campaign = await getCampaign(core, caller, campaignId);
  const send = await findSendOfCampaign(core.db.sql, campaignId);
  const variants = await variantsOf(core, campaign);
  return writeCsv(core, campaign, variants, send ? filterOf(send.id, query, variants) : null);
}

async function* writeCsv(
  core: LedgerCore,
  campaign: CampaignRow,
  variants: readonly VariantRow[],
  filter: Filter | null,
): AsyncGenerator<string> {
  yield csvLine([...COLUMNS, 'events', 'sentAs', 'variant']);
  let afterSeq = 0;
  while (filter) {
    const rows = await listRows(core, filter, { afterSeq, skip: 0, limit: EXPORT_ROWS });
    const items = await describeRows(core, campaign, variants, filter.sendId, rows);
    yield items
      .map((item) =>
        csvLine([
          ...COLUMNS.map((column) => item[column]),
          item.events.map(({ type, at, note }) => (note ? `${type} ${at} (${note})` : `${type} ${at}`)).join('; '),
          item.sentAs,
          item.variant,
        ]),
      )
      .join('');
    afterSeq = rows.at(-1)?.seq ?? 0;
    if (rows.length < EXPORT_ROWS) return;
  }
}

function filterOf(
  sendId: string,
  { state, email, code, class: name, variant }: LedgerQuery,
  variants: readonly VariantRow[],
): Filter {
  return {
    ...(variant === undefined ? {} : { variant: variantNamed(variants, variant).position }),
    sendId,
    ...(state === undefined ? {} : { state: state as RecipientState }),
    ...(email === undefined ? {} : { email }),
    ...(code === undefined ? {} : { code }),
    ...(name === undefined ? {} : { class: name }),
  };
}

/** What became of rows of a send, in words. */
export async function describeRows(
  core: LedgerCore,
  campaign: Pick<CampaignRow, 'fromAddress'>,
  variants: readonly VariantRow[],
  sendId: string,
  rows: readonly LedgerRow[],
): Promise<LedgerRecipient[]> {
  const given = variants.length === 0 ? null : await variantsOfRows(core.db.sql, sendId, rows);
  const events = await listRecipientEvents(core.db.sql, sendId, rows);
  const userIds = [...new Set(rows.map((row) => row.workspaceUserId).filter((id) => id !== null))];
  const users = await listUserEmails(core.db.sql, userIds);
  const domain = campaign.fromAddress?.split('@').at(-1);
  return rows.map((row) => ({
    seq: row.seq,
    email: row.email,
    state: stateFromCode(row.state),
    attempts: row.attempts,
    accountId: row.accountId,
    variant: variants[given?.get(row.seq) ?? -1]?.name ?? null,
    sentAs: row.workspaceUserId === null ? null : (users.get(row.workspaceUserId) ?? null),
    // The same for every attempt, so it can be told without having been stored.
    messageId:
      row.attempts > 0 && domain
        ? `${core.tokens.forRecipient({ sendId, seq: row.seq }).messageIdLocalPart}@${domain}`
        : null,
    response: row.response,
    code: row.code,
    class: row.class,
    reason: row.reason,
    sentAt: row.sentAt?.toISOString() ?? null,
    nextAttemptAt: row.nextAttemptAt?.toISOString() ?? null,
    events: events.get(row.seq) ?? [],
  }));
}
