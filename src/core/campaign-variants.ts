import type { StoredVariant, Variant } from '../contract/campaign-variants.ts';
import type { CampaignDraftBody } from '../contract/campaigns.ts';
import {
  listVariants,
  type NewVariant,
  replaceVariants,
  setVariantVersion,
  type VariantRow,
} from '../db/campaign-variants.ts';
import type { CampaignRow } from '../db/campaigns.ts';
import type { Executor } from '../db/database.ts';
import { jsonbText } from '../db/jsonb.ts';
import { findTemplateVersion, insertTemplateVersion, type TemplateVersionRow } from '../db/templates.ts';
import { AppError } from '../errors.ts';
import { type Content, contentOf, invalid, mergeContent, type PreparedContent, prepareContent } from './content.ts';

/** Of a version of content what a message is made of. */
export type VersionOfVariant = Pick<TemplateVersionRow, 'subject' | 'preparedHtml' | 'text'>;

/** A variant as its readers get it: what it says itself, over what the campaign says. */
export interface PreparedVariant {
  readonly position: number;
  readonly name: string;
  /** Null: that of the campaign. */
  readonly fromName: string | null;
  readonly version: VersionOfVariant;
}

const BODIES = ['htmlContent', 'mjml', 'design'] as const;
type Parts = Omit<Variant, 'name' | 'weight'>;

/**
 * What a campaign leaves out of its own content is that of its first variant, so that a request need not say everything twice.
 */
export function withFirstVariant<Body extends CampaignDraftBody>(body: Body): Body {
  const [first] = body.variants ?? [];
  if (!first || body.templateId !== undefined) return body;
  const { subject, htmlContent, mjml, design, textContent } = first;
  const hasBody = [...BODIES, 'textContent' as const].some((part) => body[part] !== undefined);
  const parts = {
    ...(hasBody ? {} : { htmlContent, mjml, design, textContent }),
    ...(body.subject === undefined && { subject }),
  };
  return { ...body, ...withoutGaps(parts) };
}

/** Checks the variants of a request by themselves, and names those that have no name. */
export function readVariants(variants: readonly Variant[]): NewVariant[] {
  const names = variants.map(({ name }, i) => name?.trim() || letterOf(i));
  for (const [i, name] of names.entries()) {
    if (/[\r\n\0]/.test(name)) throw invalid(`variants/${i}/name`, 'a name is one line');
    const same = names.findIndex((other) => isSameName(other, name));
    if (same < i) throw invalid(`variants/${i}/name`, `"${name}" is the name of another variant, too`);
  }
  return variants.map(({ name: _, weight = 1, fromName, ...content }, i) => {
    if (/[\r\n\0]/.test(fromName ?? '')) throw invalid(`variants/${i}/fromName`, 'a name is one line');
    return { name: names[i] ?? letterOf(i), weight, fromName: fromName ?? null, content: jsonbText(content) };
  });
}

/** Capitals make no other variant. */
function isSameName(a: string, b: string): boolean {
  return a.trim().toLowerCase() === b.trim().toLowerCase();
}

/** The variant of that name, or a VALIDATION error that tells which there are. */
export function variantNamed<V extends { readonly name: string }>(variants: readonly V[], name: string): V {
  const found = variants.find((variant) => isSameName(variant.name, name));
  if (found) return found;
  const known =
    variants.length === 0 ? 'it has none' : `there is ${variants.map((variant) => variant.name).join(', ')}`;
  throw invalid('variant', `the campaign has no variant "${name}": ${known}`);
}

/** A, B, C … of a variant that was given no name. */
const letterOf = (position: number) => String.fromCharCode(65 + position);

/** Takes the place of the variants a draft had. Each is made ready once, so that what is wrong with it is told now. */
export async function storeVariants(
  tx: Executor,
  campaign: Pick<CampaignRow, 'id' | 'workspaceId' | 'templateVersionId'>,
  variants: readonly NewVariant[] | 'unchanged',
): Promise<void> {
  if (variants !== 'unchanged') await replaceVariants(tx, campaign.id, variants);
  const base = campaign.templateVersionId
    ? await findTemplateVersion(tx, campaign.workspaceId, campaign.templateVersionId)
    : null;
  if (base) await prepareVariants(tx, campaign, base);
}

/** The variants of a campaign as they are sent, or would be if it were launched now. */
export async function prepareVariants(
  db: Executor,
  { id, workspaceId }: Pick<CampaignRow, 'id' | 'workspaceId'>,
  base: TemplateVersionRow,
): Promise<PreparedVariant[]> {
  const prepared: PreparedVariant[] = [];
  for (const row of await listVariants(db, id)) {
    const { position, name, fromName, templateVersionId } = row;
    const launched = templateVersionId ? await findTemplateVersion(db, workspaceId, templateVersionId) : null;
    prepared.push({ position, name, fromName, version: launched ?? (await prepareOne(row, base)) });
  }
  return prepared;
}

/**
 * Stores what each variant is sent as, for good: what is changed in a template later is for later campaigns. Returns how many
 * there are. The caller holds the campaign's row.
 */
export async function freezeVariants(tx: Executor, campaign: CampaignRow): Promise<number> {
  const rows = await listVariants(tx, campaign.id);
  if (rows.length === 0 || campaign.templateVersionId === null) return 0;
  const base = await findTemplateVersion(tx, campaign.workspaceId, campaign.templateVersionId);
  if (!base) return 0;
  for (const row of rows) {
    const content = await prepareOne(row, base);
    const { id } = await insertTemplateVersion(tx, { workspaceId: campaign.workspaceId, templateId: null, ...content });
    await setVariantVersion(tx, row, id);
  }
  return rows.length;
}

export function describeVariants(rows: readonly VariantRow[]): StoredVariant[] {
  return rows.map(({ position, name, weight, fromName, content }) => ({
    position,
    name,
    weight,
    ...(fromName === null ? {} : { fromName }),
    ...(content as Parts),
  }));
}

async function prepareOne(row: VariantRow, base: TemplateVersionRow): Promise<PreparedContent> {
  try {
    return await prepareContent(contentOfVariant(row.content as Parts, base));
  } catch (error) {
    throw ofVariant(row, error);
  }
}

/** The text part belongs to the message it was written for: of another one a new text is made. */
function contentOfVariant(own: Parts, base: TemplateVersionRow): Content {
  const campaign = contentOf(base);
  const { textContent: _, ...withoutText } = campaign;
  const hasOwnBody = BODIES.some((part) => own[part] !== undefined);
  return mergeContent(hasOwnBody ? withoutText : campaign, own);
}

/** The same fault, told as one of this variant. */
export function ofVariant({ name, position }: Pick<VariantRow, 'name' | 'position'>, error: unknown): unknown {
  if (!(error instanceof AppError)) return error;
  const details = error.details.map(({ path, message }) => ({ path: `variants/${position}/${path}`, message }));
  return new AppError(error.code, `Variant "${name}": ${error.message}`, { details, cause: error });
}

function withoutGaps<T extends object>(parts: T): Partial<T> {
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined)) as Partial<T>;
}
