export const MOST_TAGS = 100;
export const LONGEST_TAG = 100;

/** Tags as they are kept: trimmed, without control characters, each once, in order; what is empty or too long is left out. */
export function cleanTags(tags: readonly string[]): string[] {
  const clean = tags.map((tag) => tag.replace(/\p{Cc}+/gu, ' ').trim()).filter((tag) => tag !== '');
  return [...new Set(clean.filter((tag) => tag.length <= LONGEST_TAG))].sort().slice(0, MOST_TAGS);
}

/** Of one cell: between commas, semicolons or bars; Mailchimp puts each in quotes as well. */
export function splitTags(cell: string): string[] {
  return cleanTags(cell.split(/[,;|]/).map((tag) => tag.trim().replace(/^"(.*)"$/, '$1')));
}
