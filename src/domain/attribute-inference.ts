import { type AttributeType, misfit } from './attribute-type.ts';

/** As a program writes it: without leading zeros, a plus or an exponent, so that postcodes and telephone numbers stay text. */
const NUMBER = /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,9})?$/;
const BOOLEAN = /^(?:true|false)$/i;

/** What a value of a file is by itself; null for what is empty, or is an object. */
export function typeOf(value: unknown): AttributeType | null {
  switch (typeof value) {
    case 'number':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'string':
      return typeOfText(value);
    default:
      return Array.isArray(value) ? 'array' : null;
  }
}

function typeOfText(text: string): AttributeType | null {
  if (text === '') return null;
  if (NUMBER.test(text)) return 'number';
  if (BOOLEAN.test(text)) return 'boolean';
  if (misfit('date', text) === null) return 'date';
  return arrayOf(text) ? 'array' : 'string';
}

/** Both may be told in one attribute: only what every value is counts, everything else is text. */
export function commonType(a: AttributeType, b: AttributeType): AttributeType {
  return a === b ? a : 'string';
}

/**
 * The value as its declared type, where nothing of it is lost: printed in a message it looks as it does in the file ("1.50"
 * stays a text, "TRUE" becomes true). What does not fit stays as it is.
 */
export function asType(value: unknown, type: AttributeType): unknown {
  if (typeof value === 'string') return textAsType(value, type);
  return type === 'string' && (typeof value === 'number' || typeof value === 'boolean') ? String(value) : value;
}

function textAsType(text: string, type: AttributeType): unknown {
  switch (type) {
    case 'number':
      return NUMBER.test(text) && String(Number(text)) === text ? Number(text) : text;
    case 'boolean':
      return BOOLEAN.test(text) ? text.toLowerCase() === 'true' : text;
    case 'array':
      return arrayOf(text) ?? text;
    default:
      return text;
  }
}

function arrayOf(text: string): unknown[] | null {
  if (!text.startsWith('[')) return null;
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}
