/** Number formats without a code in the file that show dates and times. ECMA-376 part 1, section 18.8.30. */
const isBuiltInDate = (id: number) =>
  (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58);

/** Whether a number format shows a date or a time: a y, m, d, h or s that is neither quoted nor escaped. */
export function isDateFormat(id: number, codes: ReadonlyMap<number, string>): boolean {
  const code = codes.get(id);
  if (code === undefined) return isBuiltInDate(id);
  const [positive = ''] = code.split(';');
  const letters = positive.replace(/"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]/gi, '');
  return !/general/i.test(letters) && /[ymdhs]/i.test(letters);
}

const DAY_SECONDS = 86_400;
/** 9999-12-31, the last day Excel knows. */
const LAST_SERIAL = 2_958_465;
const DAYS_TO_1904 = 1462;
/** Excel takes 1900 for a leap year: up to its 29th of February, 60, every day is one early. */
const FALSE_LEAP_DAY = 60;
const EPOCH_MS = Date.UTC(1899, 11, 30);

/**
 * A date of Excel as ISO 8601: `2024-02-29`, `2024-02-29T13:45:00` (a wall clock's, Excel knows no zones), or `13:45:00`
 * of a time without a day. Null when the number is no date.
 */
export function dateOf(serial: number, since1904: boolean): string | null {
  const counted = since1904 ? serial + DAYS_TO_1904 : serial;
  if (!(counted >= 0) || counted >= LAST_SERIAL + 1) return null;
  const days = counted < FALSE_LEAP_DAY && counted >= 1 ? counted + 1 : counted;
  const seconds = Math.round(days * DAY_SECONDS);
  const text = new Date(EPOCH_MS + seconds * 1000).toISOString();
  if (counted < 1 && counted > 0) return text.slice(11, 19);
  return seconds % DAY_SECONDS === 0 ? text.slice(0, 10) : text.slice(0, 19);
}

/** `_x000D_` stands for a character that XML cannot hold. ECMA-376 part 1, section 22.9.2.19. */
export function unescaped(text: string): string {
  if (!text.includes('_x')) return text;
  return text.replace(/_x([0-9a-fA-F]{4})_/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
