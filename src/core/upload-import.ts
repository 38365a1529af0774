import { Check } from 'typebox/value';
import { ImportMode } from '../contract/imports.ts';
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

function readFields({ listId, listName, mode, mapping, ...unknown }: Readonly<Record<string, string>>) {
  const [surplus] = Object.keys(unknown);
  if (surplus !== undefined) throw invalid(surplus, 'is not a field that is known here');
  if (listId !== undefined && !isUuid(listId)) throw invalid('listId', 'is not an id');
  if (mode !== undefined && !Check(ImportMode, mode)) throw invalid('mode', 'must be merge, overwrite or skip');
  return {
    ...(listId === undefined ? {} : { listId }),
    ...(listName === undefined ? {} : { listName: listName.slice(0, 200) }),
    ...(mode === undefined ? {} : { mode: mode as ImportMode }),
    ...(mapping === undefined ? {} : { mapping: readMapping(mapping) }),
  };
}

function readMapping(text: string): ColumnMapping {
  const wrong = invalid(
    'mapping',
    'must be a JSON object: header → email, firstName, lastName, name, an attribute, or null',
  );
  let mapping: unknown;
  try {
    mapping = JSON.parse(text);
  } catch {
    throw wrong;
  }
  if (typeof mapping !== 'object' || mapping === null || Array.isArray(mapping)) throw wrong;
  if (
    Object.values(mapping).some(
      (target) => target !== null && (typeof target !== 'string' || !/^[\p{L}_][\p{L}\p{N}_-]{0,99}$/u.test(target)),
    )
  )
    throw wrong;
  return mapping as ColumnMapping;
}
