const ATTRIBUTE_TYPES = ['string', 'number', 'date', 'boolean', 'array'] as const;
export type AttributeType = (typeof ATTRIBUTE_TYPES)[number];

/** How a date is written: a day, or a moment with its offset (ISO 8601). The database counts by the same pattern. */
export const DATE_PATTERN =
  '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])(T\\d{2}:\\d{2}(:\\d{2}(\\.\\d+)?)?(Z|[+-]\\d{2}:?\\d{2}))?$';
const DATE = new RegExp(DATE_PATTERN);

/** How a value of each type is to be written, for who wrote another. */
const WRITTEN: Readonly<Record<AttributeType, string>> = {
  string: 'a text, in quotes',
  number: 'a number without quotes, such as 12.5',
  date: 'a date as 2030-01-31, or a moment as 2030-01-31T09:00:00Z',
  boolean: 'true or false, without quotes',
  array: 'a list in brackets, such as ["a", "b"]',
};

/** Null when the value is of the type; otherwise what to write instead. */
export function misfit(type: AttributeType, value: unknown): string | null {
  return fits(type, value) ? null : `is declared as ${type}: write ${WRITTEN[type]}`;
}

function fits(type: AttributeType, value: unknown): boolean {
  switch (type) {
    case 'string':
    case 'boolean':
      return typeof value === type;
    case 'number':
      return typeof value === 'number' && Number.isFinite(value);
    case 'array':
      return Array.isArray(value);
    case 'date':
      return typeof value === 'string' && DATE.test(value) && isOnCalendar(value);
  }
}

/** 31 February is none: JavaScript takes it for a day in March. */
function isOnCalendar(date: string): boolean {
  const day = date.slice(0, 10);
  return !Number.isNaN(Date.parse(date)) && new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
}
