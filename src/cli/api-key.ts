import { Command, Option } from 'commander';
import { createApiKey } from '../core/api-keys.ts';
import { ownerOf, withPostrider } from './run.ts';

export function apiKeyCommand(): Command {
  const create = new Command('create')
    .description('make a key for a program')
    .requiredOption('--name <name>', 'what it is for')
    .addOption(
      new Option('--role <role>', 'what it may do').choices(['owner', 'admin', 'editor', 'viewer']).default('admin'),
    )
    .action(async (flags: { name: string; role: 'owner' | 'admin' | 'editor' | 'viewer' }) => {
      await withPostrider({ start: {}, defaults: { SANDBOX: 'false' } }, async (postrider) => {
        const { key } = await createApiKey(postrider.core, ownerOf(postrider), flags);
        console.error('The key, shown this once:');
        console.log(key);
      });
    });
  return new Command('api-key').description('keys for programs').addCommand(create.exitOverride());
}
