import { Command, Option } from 'commander';
import { ADDRESS_NOTES, type AddressNote, type ImportStatus } from '../contract/imports.ts';
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
    .option('--dry-run', 'only tell what would become of every row')
    .action(async (file: string, flags: { list: string; mode: 'merge' | 'overwrite' | 'skip'; dryRun?: true }) => {
      await withPostrider(
        { start: { workers: 'inside' }, defaults: { SANDBOX: 'false', START_WORKERS: 'true' } },
        async (postrider) => {
          const source = { path: file, listName: flags.list, mode: flags.mode };
          const run = flags.dryRun ? tryFile : importFile;
          if (!(await run(postrider, source, untilInterrupted()))) process.exitCode = EXIT.interrupted;
        },
      );
    });
}

type Source = { path: string; listName: string; mode: 'merge' | 'overwrite' | 'skip'; dryRun?: boolean };

/** Imports a file with a progress bar; null when it was interrupted (what is committed stays; the next start goes on). */
export async function importFile(
  postrider: Postrider,
  source: Source,
  interrupted: AbortSignal,
): Promise<{ listId: string } | null> {
  const status = await runImport(postrider, source, 'Importing', interrupted);
  if (!status) return null;
  if (!status.listId) throw new AppError('INTERNAL', 'The import has no list.');
  return { listId: status.listId };
}

/** Tells what an import would do; false when it was interrupted. */
async function tryFile(postrider: Postrider, source: Source, interrupted: AbortSignal): Promise<boolean> {
  const status = await runImport(postrider, { ...source, dryRun: true }, 'Looking at', interrupted);
  if (status) process.stdout.write(reportOf(status));
  return status !== null;
}

async function runImport(
  postrider: Postrider,
  source: Source,
  label: string,
  interrupted: AbortSignal,
): Promise<ImportStatus | null> {
  const caller = ownerOf(postrider);
  const { importId } = await startImportFromFile(postrider.core, caller, source);
  const bar = new ProgressBar(label);
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
      return status;
    }
    bar.update(progress);
    if (interrupted.aborted) return null;
    await sleep(200, interrupted);
  }
}

const NOTES: Readonly<Record<AddressNote, string>> = {
  role: 'of a function, such as info@',
  disposable: 'of domains that give addresses away for minutes',
  typo: 'of probably mistyped domains',
  mx: 'of domains without a mail server',
};

function reportOf({ counts, findings }: ImportStatus): string {
  const lines = [
    'Nothing was written. The file would:',
    `  add ${number(counts.inserted)}, update ${number(counts.updated)}, skip ${number(counts.skipped)} contacts`,
    `  repeat ${number(counts.duplicate)} addresses of its own, and have ${number(counts.invalid)} rows refused`,
  ];
  for (const note of ADDRESS_NOTES) {
    const found = findings[note];
    if (!found) continue;
    const [first] = found.examples;
    const example = first ? `: row ${first.row}, ${first.value}${first.hint === null ? '' : ` (${first.hint}?)`}` : '';
    lines.push(`  ${number(found.rows)} addresses ${NOTES[note]}${example}`);
  }
  return `${lines.join('\n')}\n`;
}
