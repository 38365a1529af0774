import { messageOf } from '../errors.ts';
import { RowFault } from './row-fault.ts';

/** A value of a JSON file, or why it is none. */
export type JsonItem = { readonly value: unknown } | RowFault;

/** Characters of one value; no contact is as long, and it bounds the memory that is used. */
export const MOST_ITEM = 1024 * 1024;
/** PostgreSQL and JSON.stringify go down a level of their stack with each level of a value. */
const MOST_DEPTH = 100;
const SHOWN = 320;

export function parseItem(text: string): JsonItem {
  if (text.length > MOST_ITEM) return tooLong(text);
  try {
    const value: unknown = JSON.parse(text);
    if (isDeeper(value, MOST_DEPTH)) return fault(text, `it is nested more than ${MOST_DEPTH} levels deep`);
    return { value };
  } catch (error) {
    return fault(text, `it is not valid JSON: ${messageOf(error)}`);
  }
}

export function tooLong(text: string): JsonItem {
  return fault(text, 'it is longer than 1 MB');
}

function fault(text: string, reason: string): JsonItem {
  return new RowFault(text.trim().slice(0, SHOWN), reason);
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  for (const inner of Object.values(value)) if (isDeeper(inner, levels - 1)) return true;
  return false;
}
