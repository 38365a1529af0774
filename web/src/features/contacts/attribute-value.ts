import type { AttributeType } from '../../../../src/contract/contact-attributes.ts';

/** How a value of an attribute reads, whatever it is. */
export function valueText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(valueText).join(', ');
  return JSON.stringify(value);
}

/** What a value is by its looks, where nobody has declared it. */
export function typeOfValue(value: unknown): AttributeType {
  if (typeof value === 'number') return 'number';
  if (typeof value === 'boolean') return 'boolean';
  if (Array.isArray(value)) return 'array';
  return 'string';
}

/** What somebody typed, as a value of the type; undefined: it is none. An empty text takes the value out (null). */
export function readValue(type: AttributeType, text: string): unknown {
  const trimmed = text.trim();
  if (trimmed === '') return null;
  switch (type) {
    case 'number':
      return /^-?\d+(\.\d+)?$/.test(trimmed) ? Number(trimmed) : undefined;
    case 'boolean':
      return trimmed === 'true' ? true : trimmed === 'false' ? false : undefined;
    case 'array':
      return trimmed
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== '');
    case 'date':
      return /^\d{4}-\d\d-\d\d/.test(trimmed) ? trimmed : undefined;
    case 'string':
      return text;
  }
}
