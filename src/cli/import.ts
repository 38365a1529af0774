import { Command, Option } from 'commander';
import { getImport, startImportFromFile } from '../core/imports.ts';
import { AppError } from '../errors.ts';
import { sleep } from '../lib/sleep.ts';
import type { Postrider } from '../main.ts';
import { EXIT } from './exit-codes.ts';
import { number, ProgressBar } from './progress-bar.ts';
import { ownerOf, untilInterrupted, withPostrider } from './run.ts';

export function importCommand(): Command {
  return new Command('import')
    .description('import contacts from a CSV, XLSX, JSON or JSONL file into a list')
    .argument('<file>', 'CSV or XLSX with a header row, a JSON array, or JSON lines')
    .requiredOption('--list <name>', 'list to add them to; made when there is none of this name')
    .addOption(
      new Option('--mode <mode>', 'what to do with contacts that exist')
        .choices(['merge', 'overwrite', 'skip'])
        .default('merge'),
    )
    .action(async (file: string, flags: { list: string; mode: 'merge' | 'overwrite' | 'skip' }) => {
      await withPostrider(
        { start: { workers: 'inside' }, defaults: { SANDBOX: 'false', START_WORKERS: 'true' } },
        async (postrider) => {
          const done = await importFile(
            postrider,
            { path: file, listName: flags.list, mode: flags.mode },
            untilInterrupted(),
          );
          if (!done) process.exitCode = EXIT.interrupted;
        },
      );
    });
}

/** Imports a file with a progress bar; null when it was interrupted (what is committed stays; the next start goes on). */
export async function importFile(
  postrider: Postrider,
  source: { path: string; listName: string; mode: 'merge' | 'overwrite' | 'skip' },
  interrupted: AbortSignal,
): Promise<{ listId: string } | null> {
  const caller = ownerOf(postrider);
  const { importId } = await startImportFromFile(postrider.core, caller, source);
  const bar = new ProgressBar('Importing');
  for (;;) {
    const status = await getImport(postrider.core, caller, importId);
    const { inserted, updated, skipped, invalid, duplicate } = status.counts;
    const done = inserted + updated + skipped + invalid + duplicate;
    const note = [
      invalid > 0 ? `${number(invalid)} refused` : '',
      duplicate > 0 ? `${number(duplicate)} duplicates` : '',
    ]
      .filter(Boolean)
      .join(', ');
    const progress = { done, total: Math.max(done, status.total), note };
    if (status.state === 'failed') {
      bar.end(progress);
      throw new AppError('CSV_MALFORMED', status.error ?? 'The import failed.');
    }
    if (status.state === 'completed') {
      bar.end({ ...progress, total: done });
      if (!status.listId) throw new AppError('INTERNAL', 'The import has no list.');
      return { listId: status.listId };
    }
    bar.update(progress);
    if (interrupted.aborted) return null;
    await sleep(200, interrupted);
  }
}
