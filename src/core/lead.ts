import { parseEmailAddress } from '../domain/email-address.ts';
import { isOptedOut, type LeadColumn } from '../domain/lead-columns.ts';
import type { RowFault } from './row-fault.ts';

/**
 * One row of an import, checked. Of the three names null means "not in this row", '' "there, and empty"; in `attributes`
 * null means the same as ''.
 */
export interface Lead {
  readonly rowNo: number;
  readonly email: string;
  readonly emailKey: string;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly name: string | null;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly optedOut: boolean;
}

export interface Reject {
  readonly rowNo: number;
  readonly field: string | null;
  readonly value: string | null;
  readonly reason: string;
}

export type ReadLead = { readonly lead: Lead } | { readonly reject: Reject };

/** A cell of a CSV file is text; one of a sheet may be a number or a truth value. Empty is ''. */
export type Cell = string | number | boolean;

type Names = Pick<Lead, 'firstName' | 'lastName' | 'name'>;

/** A row of CSV or of a sheet by the columns of its header. */
export function leadFromCells(rowNo: number, cells: readonly Cell[], columns: readonly LeadColumn[]): ReadLead {
  const extra = cells.slice(columns.length).filter((cell) => cell !== '');
  if (extra.length > 0) {
    const reason = `the row has ${cells.length} values, the header names ${columns.length} columns`;
    return { reject: { rowNo, field: null, value: cells.join(', ').slice(0, 320), reason } };
  }
  const names: { -readonly [Key in keyof Names]: string | null } = { firstName: null, lastName: null, name: null };
  const attributes: Record<string, unknown> = {};
  let email = '';
  let status = '';
  for (let i = 0; i < columns.length; i++) {
    const column = columns[i];
    if (!column) continue;
    const value = cells[i] ?? '';
    const cell = String(value).trim();
    switch (column.kind) {
      case 'email':
        email = cell;
        break;
      case 'firstName':
      case 'lastName':
      case 'name':
        names[column.kind] = cell;
        break;
      case 'status':
        status = cell;
        attributes.status = cell === '' ? null : cell;
        break;
      case 'attributes':
        Object.assign(attributes, readAttributes(cell));
        break;
      case 'attribute':
        attributes[column.name] = cell === '' ? null : typeof value === 'string' ? cell : value;
        break;
    }
  }
  return checked(rowNo, email, names, attributes, isOptedOut(status));
}

/** A row that could not be read. */
export function leadFromFault(rowNo: number, { text, reason }: RowFault): ReadLead {
  return { reject: { rowNo, field: null, value: text, reason } };
}

/** One object of a JSON import. */
export function leadFromObject(rowNo: number, value: unknown): ReadLead {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return {
      reject: { rowNo, field: null, value: JSON.stringify(value).slice(0, 320), reason: 'it is not an object' },
    };
  }
  const { email, firstName, lastName, name, attributes, ...rest } = value as Record<string, unknown>;
  const names = { firstName: nameOf(firstName), lastName: nameOf(lastName), name: nameOf(name) };
  const nested = typeof attributes === 'object' && attributes !== null && !Array.isArray(attributes) ? attributes : {};
  const optedOut = typeof rest.status === 'string' && isOptedOut(rest.status);
  return checked(rowNo, typeof email === 'string' ? email : '', names, { ...rest, ...nested }, optedOut);
}

/** What a decoder puts where bytes are no character: nobody's address holds it. */
const UNREADABLE = '\ufffd';
const LOST = 'it holds a character that could not be read; save the file as UTF-8';

function checked(
  rowNo: number,
  email: string,
  names: Names,
  attributes: Lead['attributes'],
  optedOut: boolean,
): ReadLead {
  const parsed = parseEmailAddress(email);
  if (email.includes(UNREADABLE))
    return { reject: { rowNo, field: 'email', value: email.slice(0, 320), reason: LOST } };
  if (!parsed.ok) return { reject: { rowNo, field: 'email', value: email.slice(0, 320), reason: parsed.reason } };
  return { lead: { rowNo, email: parsed.address, emailKey: parsed.key, ...names, attributes, optedOut } };
}

function nameOf(value: unknown): string | null {
  if (value === undefined) return null;
  return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
}

/** listmonk exports attributes as one JSON object; what is none is kept as it stands. */
function readAttributes(cell: string): Record<string, unknown> {
  if (cell === '') return {};
  try {
    const value: unknown = JSON.parse(cell);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // not JSON
  }
  return { attributes: cell };
}

/** What a later row of the same file makes of an earlier one. */
export function combineLeads(earlier: Lead, later: Lead, mode: 'merge' | 'overwrite' | 'skip'): Lead {
  if (mode === 'skip') return earlier;
  const pick = (field: keyof Names) =>
    mode === 'overwrite' ? (later[field] ?? earlier[field]) : later[field] || earlier[field];
  const told = mode === 'overwrite' ? later.attributes : withoutEmpty(later.attributes);
  return {
    ...earlier, // also its spelling of the address, as a contact that is known already keeps its own
    firstName: pick('firstName'),
    lastName: pick('lastName'),
    name: pick('name'),
    attributes: { ...earlier.attributes, ...told },
    optedOut: earlier.optedOut || later.optedOut,
  };
}

/** Merge mode says nothing about what is empty. */
export function withoutEmpty(attributes: Lead['attributes']): Record<string, unknown> {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== null && value !== ''));
}
