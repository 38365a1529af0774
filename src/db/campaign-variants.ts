import { type Selectable, sql } from 'kysely';
import type { Executor } from './database.ts';
import type { DB } from './schema.generated.ts';

export type VariantRow = Selectable<DB['campaignVariants']>;

/** How a campaign is tried out, complete, as it is kept from the launch on. */
export interface StoredTest {
  readonly samplePercent: number;
  readonly winner: 'opens' | 'clicks' | 'manual';
  readonly decideAfterMinutes: number;
  readonly minimumSent: number;
  readonly otherwise: 'first' | 'wait';
}

const USUAL_TEST: StoredTest = {
  samplePercent: 100,
  winner: 'manual',
  decideAfterMinutes: 240,
  minimumSent: 50,
  otherwise: 'first',
};

/** What a campaign says of its test, over what is usual. */
export function storedTest(abTest: unknown): StoredTest {
  return { ...USUAL_TEST, ...(abTest as Partial<StoredTest> | null) };
}

export interface NewVariant {
  readonly name: string;
  readonly weight: number;
  readonly fromName: string | null;
  /** As JSON. */
  readonly content: string;
}

/** The variants of a draft, in their order, instead of those it had. The caller holds the campaign's row. */
export async function replaceVariants(
  tx: Executor,
  campaignId: string,
  variants: readonly NewVariant[],
): Promise<void> {
  await tx.deleteFrom('campaignVariants').where('campaignId', '=', campaignId).execute();
  if (variants.length === 0) return;
  const rows = variants.map((variant, position) => ({ ...variant, position, campaignId }));
  await tx.insertInto('campaignVariants').values(rows).execute();
}

export async function listVariants(db: Executor, campaignId: string): Promise<VariantRow[]> {
  return db
    .selectFrom('campaignVariants')
    .selectAll()
    .where('campaignId', '=', campaignId)
    .orderBy('position')
    .execute();
}

/** What a variant is sent as, for good. */
export async function setVariantVersion(
  tx: Executor,
  { campaignId, position }: Pick<VariantRow, 'campaignId' | 'position'>,
  templateVersionId: string,
): Promise<void> {
  await tx
    .updateTable('campaignVariants')
    .set({ templateVersionId })
    .where('campaignId', '=', campaignId)
    .where('position', '=', position)
    .execute();
}

/** What a stretch of the ledger is sent. */
export interface VariantRange {
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly variant: number | null;
}

/** Of the batches that hold rows of a page, in their order. One scan over the batches of the send. */
export async function listVariantRanges(
  db: Executor,
  sendId: string,
  firstSeq: number,
  lastSeq: number,
): Promise<VariantRange[]> {
  return db
    .selectFrom('campaignSendBatches')
    .select(['firstSeq', 'lastSeq', 'variant'])
    .where('sendId', '=', sendId)
    .where('lastSeq', '>=', firstSeq)
    .where('firstSeq', '<=', lastSeq)
    .orderBy('firstSeq')
    .execute();
}

/** The variant of one row; null when its campaign has none, or nobody knows yet. */
export const variantOfRow = (row: string) => sql<number | null>`(
  select b.variant from campaign_send_batches b
  where b.send_id = ${sql.ref(`${row}.send_id`)} and ${sql.ref(`${row}.seq`)} between b.first_seq and b.last_seq)`;

/** Subjects as they were launched, by position. */
export async function listVariantSubjects(db: Executor, campaignId: string): Promise<Map<number, string>> {
  const rows = await db
    .selectFrom('campaignVariants as v')
    .innerJoin('templateVersions as t', 't.id', 'v.templateVersionId')
    .select(['v.position', 't.subject'])
    .where('v.campaignId', '=', campaignId)
    .execute();
  return new Map(rows.map(({ position, subject }) => [position, subject]));
}
