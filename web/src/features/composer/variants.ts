import type { Variant } from '../../../../src/contract/campaign-variants.ts';
import type { CampaignDetail } from '../../../../src/contract/campaigns.ts';
import { MOST_VARIANTS } from '../../../../src/contract/variant-limits.ts';
import { bodyOf, type EditedContent, openContent, type StoredContent } from '../../components/editor/content.ts';

/** A variant while it is written. The first one is the message of the campaign itself. */
export interface EditedVariant {
  readonly name: string;
  readonly weight: number;
  /** Empty: that of the campaign. */
  readonly fromName: string;
  /** Empty: that of the first. */
  readonly subject: string;
  /** Null: the message of the first. */
  readonly own: EditedContent | null;
}

type Stored = CampaignDetail['variants'][number];

const hasBody = (variant: Partial<Stored>) =>
  [variant.design, variant.mjml, variant.htmlContent, variant.textContent].some((part) => part !== undefined);

/** What the first tab opens with: what the campaign says, and over it what its first variant says. */
export function firstContent(draft: CampaignDetail): StoredContent {
  const [first] = draft.variants;
  if (!first) return draft;
  const { subject, design, mjml, htmlContent, textContent } = hasBody(first) ? first : draft;
  return {
    subject: first.subject ?? draft.subject ?? subject ?? null,
    design: design ?? null,
    mjml: mjml ?? null,
    htmlContent: htmlContent ?? null,
    textContent: textContent ?? null,
  };
}

export function openVariants(draft: CampaignDetail, fresh: EditedContent['design']): EditedVariant[] {
  const [first] = draft.variants;
  const isSplit = first !== undefined && hasBody(first);
  return draft.variants.map((variant, position) => {
    const { name, weight, fromName = '' } = variant;
    if (position === 0) return { name, weight, fromName, subject: '', own: null };
    const subject = variant.subject ?? (first?.subject === undefined ? '' : (draft.subject ?? ''));
    const stored = hasBody(variant) ? storedOf(variant) : isSplit ? draft : null;
    return { name, weight, fromName, subject, own: stored && openContent({ ...stored, subject }, fresh) };
  });
}

function storedOf({ design, mjml, htmlContent, textContent }: Stored): StoredContent {
  return {
    design: design ?? null,
    mjml: mjml ?? null,
    htmlContent: htmlContent ?? null,
    textContent: textContent ?? null,
  };
}

/** For the server: what each says itself. */
export function variantsBody(variants: readonly EditedVariant[]): Variant[] | null {
  if (variants.length < 2) return null;
  return variants.map(({ name, weight, fromName, subject, own }, position) => ({
    name,
    weight,
    ...(fromName.trim() === '' ? {} : { fromName: fromName.trim() }),
    ...(position === 0 || subject.trim() === '' ? {} : { subject }),
    ...(position === 0 || own === null ? {} : bodyOf(own)),
  }));
}

/** The message of a variant as its readers get it. */
export function contentOfVariant(
  first: EditedContent,
  variants: readonly EditedVariant[],
  position: number,
): EditedContent {
  const variant = position === 0 ? undefined : variants[position];
  if (!variant) return first;
  const subject = variant.subject.trim() === '' ? first.subject : variant.subject;
  return { ...(variant.own ?? first), subject };
}

const FIRST: Omit<EditedVariant, 'name'> = { weight: 1, fromName: '', subject: '', own: null };

/** One more, as a copy of the one that is looked at; of a campaign without variants the first two. */
export function withCopyOf(variants: readonly EditedVariant[], position: number): EditedVariant[] {
  const before = variants.length === 0 ? [{ ...FIRST, name: 'A' }] : variants;
  return [...before, { ...(before[position] ?? FIRST), name: freeName(before) }];
}

export function without(variants: readonly EditedVariant[], position: number): EditedVariant[] {
  const left = variants.filter((_, i) => i !== position);
  return left.length < 2 ? [] : left;
}

/** A, B, C …: the first that nobody has. */
function freeName(variants: readonly Pick<EditedVariant, 'name'>[]): string {
  const taken = new Set(variants.map(({ name }) => name.trim().toLowerCase()));
  const letters = Array.from({ length: 26 }, (_, i) => String.fromCharCode(65 + i));
  return letters.find((letter) => !taken.has(letter.toLowerCase())) ?? `${variants.length + 1}`;
}

/**
 * Every subject with every message: of two variants that differ in both four. Null where that would be nothing new, or more
 * than a campaign may have.
 */
export function combined(first: EditedContent, variants: readonly EditedVariant[]): EditedVariant[] | null {
  const said = variants.map(({ subject }, i) => (i === 0 || subject.trim() === first.subject.trim() ? '' : subject));
  const subjects = [...new Set(said.map((subject) => subject.trim()))];
  const messages: Array<EditedContent | null> = [];
  for (const [i, { own }] of variants.entries()) {
    const message = i === 0 ? null : own;
    if (!messages.some((other) => isSameMessage(other, message))) messages.push(message);
  }
  const all = messages.flatMap((own) => subjects.map((subject) => ({ own, subject })));
  if (all.length <= variants.length || all.length > MOST_VARIANTS) return null;
  return all.map(({ own, subject }, i) => ({ ...FIRST, name: String.fromCharCode(65 + i), subject, own }));
}

function isSameMessage(a: EditedContent | null, b: EditedContent | null): boolean {
  if (a === null || b === null) return a === b;
  return JSON.stringify(bodyOf(a)) === JSON.stringify(bodyOf(b));
}

/** How many people try each variant, and how many wait for the winner. */
export function peopleOf(
  recipients: number,
  samplePercent: number,
  variants: readonly Pick<EditedVariant, 'weight'>[],
): { readonly each: readonly number[]; readonly rest: number } {
  const sample = (recipients * samplePercent) / 100;
  const weights = variants.reduce((sum, { weight }) => sum + weight, 0);
  const each = variants.map(({ weight }) => Math.round((sample * weight) / weights));
  return { each, rest: Math.max(0, recipients - Math.round(sample)) };
}
