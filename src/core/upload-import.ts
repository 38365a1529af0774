import { Check } from 'typebox/value';
import { AddressChecks, ImportMode, Mapping } from '../contract/imports.ts';
import type { ColumnMapping } from '../domain/lead-columns.ts';
import { isUuid } from '../lib/uuid7.ts';
import { invalid } from './content.ts';
import type { Caller } from './context.ts';
import { type ImportCore, startImport } from './imports.ts';
import { removeSpoolFile, type Spooled } from './spool.ts';

export interface UploadedFile {
  readonly spooled: Spooled;
  readonly filename: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** Imports a file that came as a form, with the form's fields; the file is removed when one of them is wrong. */
export async function startImportOfUpload(
  core: ImportCore,
  caller: Caller,
  upload: UploadedFile,
  id: string,
): Promise<{ importId: string }> {
  const { spooled, filename, fields } = upload;
  try {
    const settings = readFields(fields);
    const { file, bytes } = spooled;
    return await startImport(core, caller, { ...settings, id, file, bytes, filename });
  } catch (error) {
    await removeSpoolFile(core, spooled.file);
    throw error;
  }
}

function readFields({
  listId,
  listName,
  mode,
  mapping,
  checks,
  consent,
  dryRun,
  ...unknown
}: Readonly<Record<string, string>>) {
  const [surplus] = Object.keys(unknown);
  if (surplus !== undefined) throw invalid(surplus, 'is not a field that is known here');
  if (listId !== undefined && !isUuid(listId)) throw invalid('listId', 'is not an id');
  if (mode !== undefined && !Check(ImportMode, mode)) throw invalid('mode', 'must be merge, overwrite or skip');
  if (dryRun !== undefined && !/^(true|false)$/.test(dryRun)) throw invalid('dryRun', 'must be true or false');
  return {
    ...(listId === undefined ? {} : { listId }),
    ...(listName === undefined ? {} : { listName: listName.slice(0, 200) }),
    ...(mode === undefined ? {} : { mode: mode as ImportMode }),
    ...(mapping === undefined ? {} : { mapping: readMapping(mapping) }),
    ...(checks === undefined ? {} : { checks: readChecks(checks) }),
    ...(consent === undefined ? {} : { consent: consent.slice(0, 500) }),
    ...(dryRun === 'true' ? { dryRun: true } : {}),
  };
}

function readMapping(text: string): ColumnMapping {
  const wrong = 'must be a JSON object: header → email, firstName, lastName, name, tags, an attribute, or null';
  const mapping = readJson('mapping', text, wrong);
  if (!Check(Mapping, mapping)) throw invalid('mapping', wrong);
  return mapping;
}

function readChecks(text: string): AddressChecks {
  const wrong = 'must be a JSON object: role, disposable, typo → note or refuse, mx → off, note or refuse';
  const checks = readJson('checks', text, wrong);
  if (!Check(AddressChecks, checks)) throw invalid('checks', wrong);
  return checks;
}

function readJson(field: string, text: string, wrong: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid(field, wrong);
  }
}
