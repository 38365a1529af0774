export const MOST_TAGS = 100;
const LONGEST_TAG = 100;
/** Control characters, and what stands between tags in files: a column of them is to be read back. */
const NOT_IN_TAGS = /[\p{Cc},;|]+/gu;

/**
 * Tags of a file as they are kept: trimmed, each once, in order, blanks for what cannot stand in one; what is empty or too
 * long is left out.
 */
export function cleanTags(tags: readonly string[]): string[] {
  const clean = tags.map((tag) => tag.replace(NOT_IN_TAGS, ' ').trim().normalize('NFC')).filter((tag) => tag !== '');
  return [...new Set(clean.filter((tag) => tag.length <= LONGEST_TAG))].sort().slice(0, MOST_TAGS);
}

/** Of one cell: between commas, semicolons or bars; Mailchimp puts each in quotes as well. */
export function splitTags(cell: string): string[] {
  return cleanTags(cell.split(/[,;|]/).map((tag) => tag.trim().replace(/^"(.*)"$/, '$1')));
}

export type ReadTags =
  | { readonly ok: true; readonly tags: string[] }
  | { readonly ok: false; readonly index: number; readonly reason: string };

/**
 * Tags that somebody gives one by one: trimmed, each once, in order. Where a file's tags are cleaned, these are refused, so
 * that whoever gives them learns of it. A tag is told apart by its letters as they stand: "VIP" is not "vip".
 */
export function readTags(given: readonly string[]): ReadTags {
  const tags = new Set<string>();
  for (const [index, text] of given.entries()) {
    const tag = text.trim().normalize('NFC');
    const reason = faultOf(tag);
    if (reason !== null) return { ok: false, index, reason };
    tags.add(tag);
  }
  if (tags.size > MOST_TAGS)
    return { ok: false, index: MOST_TAGS, reason: `a contact has ${MOST_TAGS} tags at most, these are ${tags.size}` };
  return { ok: true, tags: [...tags].sort() };
}

function faultOf(tag: string): string | null {
  if (tag === '') return 'is empty';
  if (/\p{Cc}/u.test(tag)) return 'holds a control character, such as a line break';
  // So that a column of tags can be read back.
  if (/[,;|]/.test(tag)) return 'holds a comma, semicolon or bar, which stand between tags in files';
  if (tag.length > LONGEST_TAG) return `is longer than ${LONGEST_TAG} characters`;
  return null;
}
