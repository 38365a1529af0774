import type { ImportPreview } from '../contract/imports.ts';
import { listAttributes } from '../db/contact-attributes.ts';
import { findImport, type ImportRow } from '../db/imports.ts';
import { commonType, typeOf } from '../domain/attribute-inference.ts';
import type { AttributeType } from '../domain/attribute-type.ts';
import { type ColumnMapping, columnNamed, type LeadColumn, readLeadColumns } from '../domain/lead-columns.ts';
import { LeadKeys } from '../domain/lead-keys.ts';
import { layoutOf } from '../domain/lead-layout.ts';
import { AppError, notFound } from '../errors.ts';
import type { Caller, Core } from './context.ts';
import { readTableHead } from './import-source.ts';
import type { Cell } from './lead.ts';

const ROWS_SHOWN = 20;
/** Types and samples are looked for in this many. */
const ROWS_READ = 200;
const SAMPLES = 3;
const LONGEST_SAMPLE = 200;

/** The beginning of an upload, and what its columns are taken for. */
export async function previewImport(core: Pick<Core, 'db'>, caller: Caller, id: string): Promise<ImportPreview> {
  const row = await findImport(core.db.sql, caller.workspaceId, id);
  if (!row) throw notFound('import', id);
  const mapping = row.mapping as ColumnMapping | null;
  const { format, header, rows } = await readHead({ ...row, mapping });
  const isTable = format === 'csv' || format === 'xlsx';
  const columns = isTable ? readLeadColumns(header, mapping ?? {}) : columnsOfKeys(header, mapping);
  const declared = new Map(
    (await listAttributes(core.db.sql, caller.workspaceId)).map(({ name, type }) => [name, type]),
  );
  return {
    format,
    layout: layoutOf(header),
    columns: header.map((title, i) => {
      const values = rows.map((cells) => cells[i] ?? '').filter((cell) => cell !== '');
      return { header: title, ...describeColumn(columns[i] ?? null, values, declared), samples: samplesOf(values) };
    }),
    rows: rows.slice(0, ROWS_SHOWN).map((cells) => cells.map(shortened)),
  };
}

async function readHead(row: Omit<ImportRow, 'mapping'> & { mapping: ColumnMapping | null }) {
  try {
    if (row.spoolFile !== null) return await readTableHead(row, row.spoolFile, ROWS_READ);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  throw new AppError('IMPORT_NOT_READY', 'The upload of this import is gone: it was imported, or is older than a day.');
}

function columnsOfKeys(keys: readonly string[], mapping: ColumnMapping | null): LeadColumn[] {
  const names = new LeadKeys(mapping);
  return keys.map((key) => {
    const name = names.nameOf(key);
    return name === null ? null : columnNamed(name, key);
  });
}

function describeColumn(
  column: LeadColumn,
  values: readonly Cell[],
  declared: ReadonlyMap<string, AttributeType>,
): { target: string | null; isAttribute: boolean; type: string | null } {
  if (column === null) return { target: null, isAttribute: false, type: null };
  if (column.kind !== 'attribute') return { target: column.kind, isAttribute: false, type: null };
  return { target: column.name, isAttribute: true, type: declared.get(column.name) ?? inferredType(values) };
}

function inferredType(values: readonly Cell[]): AttributeType | null {
  const types = values.map(typeOf).filter((type) => type !== null);
  return types.length === 0 ? null : types.reduce(commonType);
}

function samplesOf(values: readonly Cell[]): string[] {
  return [...new Set(values.map((value) => String(shortened(value))))].slice(0, SAMPLES);
}

function shortened(cell: Cell): Cell {
  return typeof cell === 'string' ? cell.slice(0, LONGEST_SAMPLE) : cell;
}
