/** Programs whose exports are known by their header. */
export type LeadLayout = 'mailchimp' | 'listmonk' | 'brevo' | 'postrider' | 'plain';

/** Columns that only files of a program have together, in lower case. */
const MARKS: ReadonlyArray<readonly [LeadLayout, readonly string[]]> = [
  ['mailchimp', ['email address', 'member_rating']],
  ['mailchimp', ['email address', 'leid', 'euid']],
  ['listmonk', ['uuid', 'email', 'name', 'attributes', 'status']],
  ['brevo', ['contact id', 'email']],
  ['brevo', ['email', 'added_time', 'modified_time']],
  ['postrider', ['email', 'firstname', 'lastname', 'name', 'timezone', 'locale', 'tags']],
];

/** Where a file comes from, by its header. */
export function layoutOf(header: readonly string[]): LeadLayout {
  const titles = new Set(header.map((title) => title.trim().toLowerCase()));
  return MARKS.find(([, marks]) => marks.every((mark) => titles.has(mark)))?.[0] ?? 'plain';
}
