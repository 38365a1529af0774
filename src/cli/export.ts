import { pipeline } from 'node:stream/promises';
import { Command } from 'commander';
import { exportList } from '../core/export.ts';
import { ownerOf, withPostrider } from './run.ts';

export function exportCommand(): Command {
  return new Command('export')
    .description('write the contacts of a list as CSV to standard output')
    .requiredOption('--list <name>', 'the list')
    .action(async (flags: { list: string }) => {
      await withPostrider({ start: {}, defaults: { SANDBOX: 'false' } }, async (postrider) => {
        await pipeline(exportList(postrider.core, ownerOf(postrider), { listName: flags.list }), process.stdout, {
          end: false,
        });
      });
    });
}
