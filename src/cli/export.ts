import { pipeline } from 'node:stream/promises';
import { Command, Option } from 'commander';
import { EXPORT_FORMATS, type ExportFormat, exportList } from '../core/export.ts';
import { ownerOf, withPostrider } from './run.ts';

interface ExportFlags {
  readonly list: string;
  readonly format: ExportFormat;
}

export function exportCommand(): Command {
  return new Command('export')
    .description('write the contacts of a list to standard output')
    .requiredOption('--list <name>', 'the list')
    .addOption(new Option('--format <format>', 'of the file').choices(EXPORT_FORMATS).default('csv'))
    .action(async ({ list, format }: ExportFlags) => {
      await withPostrider({ start: {}, defaults: { SANDBOX: 'false' } }, async (postrider) => {
        const file = exportList(postrider.core, ownerOf(postrider), { listName: list, format });
        await pipeline(file, process.stdout, { end: false });
      });
    });
}
