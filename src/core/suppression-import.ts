import { Check } from 'typebox/value';
import { SuppressionImportFields } from '../contract/suppressions.ts';
import { insertImport } from '../db/imports.ts';
import { jsonbText, withoutNul } from '../db/jsonb.ts';
import { invalid } from './content.ts';
import type { Caller } from './context.ts';
import { hint } from './hint.ts';
import type { ImportCore } from './imports.ts';
import { removeSpoolFile } from './spool.ts';
import type { SuppressionImportSettings } from './suppression-chunks.ts';
import { checkSuppressionFile } from './suppression-source.ts';
import type { UploadedFile } from './upload-import.ts';

/**
 * Addresses, domains and hashes that came as a file: looked at while somebody is there to read the answer, written by a
 * worker, chunk by chunk, as contacts are. Whatever a crash leaves is whole chunks; the import goes on behind them.
 */
export async function startSuppressionImport(
  core: ImportCore,
  caller: Caller,
  upload: UploadedFile,
  id: string,
): Promise<{ importId: string }> {
  const { spooled, filename, fields } = upload;
  try {
    const settings = readSettings(fields);
    await checkSuppressionFile(spooled.file, filename, settings.column);
    const made = await insertImport(core.db.sql, {
      id,
      workspaceId: caller.workspaceId,
      target: 'suppressions',
      mode: 'skip',
      state: 'waiting',
      format: 'csv',
      filename: withoutNul(filename).slice(0, 255),
      spoolFile: spooled.file,
      mapping: jsonbText(settings),
      bytesTotal: spooled.bytes,
    });
    // The same request once more, after a crash: the first upload is the one that counts.
    if (!made) await removeSpoolFile(core, spooled.file);
  } catch (error) {
    await removeSpoolFile(core, spooled.file);
    throw error;
  }
  await hint(core, 'leads-import', { importId: id });
  core.events.publish({ kind: 'import', id });
  return { importId: id };
}

function readSettings(fields: Readonly<Record<string, string>>): SuppressionImportSettings {
  const surplus = Object.keys(fields).find((name) => !(name in SuppressionImportFields.properties));
  if (surplus !== undefined) throw invalid(surplus, 'is not a field that is known here');
  if (!Check(SuppressionImportFields, fields))
    throw invalid('reason', 'must be manual, unsubscribed, hard-bounce, complaint, imported or role');
  const { column, reason, source } = fields;
  return { column: column || null, reason: reason ?? 'imported', source: source || null };
}
