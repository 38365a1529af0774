import { parseEmailAddress } from '../domain/email-address.ts';
import { isOptedOut, type LeadColumn } from '../domain/lead-columns.ts';
import type { LeadKeys } from '../domain/lead-keys.ts';
import { localeNamed } from '../domain/locale.ts';
import { cleanTags, splitTags } from '../domain/tags.ts';
import { timeZoneNamed } from '../domain/time-zone.ts';
import { meantByCell } from '../lib/csv.ts';
import type { RowFault } from './row-fault.ts';

/**
 * One row of an import, checked. Of names, zone, locale, notes and tags null means "not in this row"; '' and no tags "there, and
 * empty"; in `attributes` null means the same as ''. A class with its fields in one order: a million objects that were put
 * together by spreading took three times as long.
 */
export class Lead {
  readonly rowNo: number;
  email = '';
  emailKey = '';
  firstName: string | null = null;
  lastName: string | null = null;
  name: string | null = null;
  timeZone: string | null = null;
  locale: string | null = null;
  notes: string | null = null;
  tags: readonly string[] | null = null;
  attributes: Record<string, unknown> = {};
  optedOut = false;
  /** An earlier chunk of the import had this address. */
  repeated = false;

  constructor(rowNo: number) {
    this.rowNo = rowNo;
  }

  /** What is no zone or locale that can be gone by is kept as it stands, as an attribute. */
  tellPlace(field: 'timeZone' | 'locale', attribute: string, text: string): void {
    const named = field === 'timeZone' ? timeZoneNamed(text) : localeNamed(text);
    if (text === '' || named !== null) this[field] = named ?? '';
    else this.attributes[attribute] = text;
  }
}

export interface Reject {
  readonly rowNo: number;
  readonly field: string | null;
  readonly value: string | null;
  readonly reason: string;
}

export type ReadLead = Lead | Reject;

/** A cell of a CSV file is text; one of a sheet may be a number or a truth value. Empty is ''. */
export type Cell = string | number | boolean;

/** A row of CSV or of a sheet by the columns of its header. */
export function leadFromCells(rowNo: number, cells: readonly Cell[], columns: readonly LeadColumn[]): ReadLead {
  if (cells.length > columns.length && cells.slice(columns.length).some((cell) => cell !== '')) {
    const reason = `the row has ${cells.length} values, the header names ${columns.length} columns`;
    return { rowNo, field: null, value: cells.join(', ').slice(0, 320), reason };
  }
  const lead = new Lead(rowNo);
  for (let i = 0; i < columns.length; i++) {
    const column = columns[i];
    if (column) takeCell(lead, column, cells[i] ?? '');
  }
  return checked(lead);
}

function takeCell(lead: Lead, column: NonNullable<LeadColumn>, value: Cell): void {
  const cell = typeof value === 'string' ? meantByCell(value.trim()) : String(value);
  switch (column.kind) {
    case 'attribute':
      lead.attributes[column.name] = cell === '' ? null : typeof value === 'string' ? cell : value;
      break;
    case 'email':
    case 'firstName':
    case 'lastName':
    case 'name':
    case 'notes':
      lead[column.kind] = cell;
      break;
    case 'timeZone':
    case 'locale':
      lead.tellPlace(column.kind, column.of, cell);
      break;
    case 'tags':
      lead.tags = splitTags(cell);
      break;
    case 'status':
      lead.attributes.status = cell === '' ? null : cell;
      lead.optedOut = isOptedOut(cell);
      break;
    case 'subscription':
      lead.optedOut = isOptedOut(cell);
      break;
    case 'attributes':
      Object.assign(lead.attributes, readAttributes(cell));
      break;
  }
}

/** A row that could not be read. */
export function leadFromFault(rowNo: number, { text, reason }: RowFault): ReadLead {
  return { rowNo, field: null, value: text, reason };
}

/** One object of a JSON import. */
export function leadFromObject(rowNo: number, value: unknown, keys: LeadKeys): ReadLead {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { rowNo, field: null, value: JSON.stringify(value).slice(0, 320), reason: 'it is not an object' };
  const { email, firstName, lastName, name, timeZone, timezone, locale, tags, notes, attributes, ...rest } =
    keys.renamed(value as Record<string, unknown>);
  const lead = new Lead(rowNo);
  const nested = typeof attributes === 'object' && attributes !== null && !Array.isArray(attributes) ? attributes : {};
  lead.attributes = { ...rest, ...nested };
  if (typeof email === 'string') lead.email = email;
  lead.firstName = nameOf(firstName);
  lead.lastName = nameOf(lastName);
  lead.name = nameOf(name);
  lead.notes = nameOf(notes);
  lead.tags = tagsOf(tags);
  const zone = timeZone ?? timezone;
  if (zone !== undefined) lead.tellPlace('timeZone', 'timeZone', nameOf(zone) ?? '');
  if (locale !== undefined) lead.tellPlace('locale', 'locale', nameOf(locale) ?? '');
  lead.optedOut = typeof rest.status === 'string' && isOptedOut(rest.status);
  return checked(lead);
}

/** What a decoder puts where bytes are no character: nobody's address holds it. */
const UNREADABLE = '\ufffd';
const LOST = 'it holds a character that could not be read; save the file as UTF-8';

function checked(lead: Lead): ReadLead {
  const { rowNo, email } = lead;
  const parsed = parseEmailAddress(email);
  if (parsed.ok && !email.includes(UNREADABLE)) {
    lead.email = parsed.address;
    lead.emailKey = parsed.key;
    return lead;
  }
  const reason = parsed.ok || email.includes(UNREADABLE) ? LOST : parsed.reason;
  return { rowNo, field: 'email', value: email.slice(0, 320), reason };
}

function nameOf(value: unknown): string | null {
  if (value === undefined) return null;
  return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
}

function tagsOf(value: unknown): string[] | null {
  if (value === undefined) return null;
  if (Array.isArray(value)) return cleanTags(value.filter((tag) => typeof tag === 'string'));
  return typeof value === 'string' ? splitTags(value) : [];
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

/** Takes a later row of the same file into an earlier one, as it would change a contact that is known. */
export function combineLeads(earlier: Lead, later: Lead, mode: 'merge' | 'overwrite' | 'skip'): void {
  if (mode === 'skip') return; // its spelling of the address stays in any mode, as a contact that is known keeps its own
  for (const field of ['firstName', 'lastName', 'name', 'timeZone', 'locale', 'notes'] as const)
    if (mode === 'overwrite' ? later[field] !== null : later[field]) earlier[field] = later[field];
  if (mode === 'overwrite') earlier.tags = later.tags ?? earlier.tags;
  else if (later.tags) earlier.tags = cleanTags([...(earlier.tags ?? []), ...later.tags]);
  Object.assign(earlier.attributes, mode === 'overwrite' ? later.attributes : withoutEmpty(later.attributes));
  earlier.optedOut ||= later.optedOut;
}

/** Merge mode says nothing about what is empty. */
export function withoutEmpty(attributes: Record<string, unknown>): Record<string, unknown> {
  for (const name in attributes) {
    if (attributes[name] !== null && attributes[name] !== '') continue;
    return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== null && value !== ''));
  }
  return attributes;
}
