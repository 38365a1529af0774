/** RFC 5322 section 3.3, in UTC: `Sun, 22 Nov 2026 14:05:09 +0000`. */
export function formatDate(date: Date): string {
  // toUTCString is this very format with GMT for the zone (ECMA-262, Date.prototype.toUTCString).
  return date.toUTCString().replace('GMT', '+0000');
}
