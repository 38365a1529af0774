// How values of attributes are read, whatever an import brought: the same patterns for PostgreSQL (db/segment-sql.ts) and for
// JavaScript. What does not fit is never cast. [0-9], because \d is more than ten characters to PostgreSQL.

/** A number as text. Longer ones than this are none. */
export const NUMBER_PATTERN = '^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]{1,3})?$';
export const LONGEST_NUMBER = 400;

const DAY_IN_MONTH = [
  '(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])',
  '(0[469]|11)-(0[1-9]|[12][0-9]|30)',
  '02-(0[1-9]|1[0-9]|2[0-8])',
].join('|');
const LEAP_YEAR = '([0-9][0-9](0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)';
const OFFSET = '(Z|[+-](0[0-9]|1[0-4]):?[0-5][0-9])';
const TIME = `[T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,9})?)?${OFFSET}?`;

/** ISO 8601: a day that exists, and a time with its offset or without. */
export const DATE_PATTERN = `^(?!0000)([0-9]{4}-(${DAY_IN_MONTH})|${LEAP_YEAR}-02-29)(${TIME})?$`;
/** Of those: an instant. The others are a day, by whatever clock. */
export const INSTANT_PATTERN = `:[0-9.]+${OFFSET}$`;
