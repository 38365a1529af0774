/** What a spreadsheet would run as a formula, also behind apostrophes that were put in front of it (OWASP "CSV injection"). */
const FORMULA = /^'*[=+\-@\t\r]/;
const MARKED = /^'(?='*[=+\-@\t\r])/;

/**
 * A text for a cell of any spreadsheet: one that would be run gets an apostrophe in front of it. What recipients wrote must
 * not act on the machine of who opens the file.
 */
export function plainCell(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

/** The text that was meant by a cell that plainCell, or a spreadsheet, has marked. */
export function meantByCell(cell: string): string {
  return cell.replace(MARKED, '');
}

/** One line of CSV (RFC 4180), every text a plain cell. */
export function csvLine(cells: ReadonlyArray<string | number | null>): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

function csvCell(value: string | number | null): string {
  if (value === null) return '';
  const text = typeof value === 'string' ? plainCell(value) : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
