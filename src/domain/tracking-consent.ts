const NO: ReadonlySet<unknown> = new Set([false, 0, 'false', 'no', 'off', '0']);

/**
 * Whether the field `tracking` of a contact says that they are not to be followed: `false` by the API, a word such as "no"
 * from a file. Anything else, or nothing, leaves it to the campaign.
 */
export function refusesTracking(fields: Readonly<Record<string, unknown>>): boolean {
  const { tracking } = fields;
  return NO.has(typeof tracking === 'string' ? tracking.trim().toLowerCase() : tracking);
}
