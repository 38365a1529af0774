import { Command, Option } from 'commander';
import { createUser } from '../core/users.ts';
import { ownerOf, withPostrider } from './run.ts';

export function userCommand(): Command {
  const create = new Command('create')
    .description('make an account for a person')
    .requiredOption('--email <address>', 'to log in with')
    .option('--name <name>', 'as it is shown')
    .option('--password <password>', 'at least 10 characters; made up and printed when absent')
    .addOption(
      new Option('--role <role>', 'what they may do').choices(['owner', 'admin', 'editor', 'viewer']).default('admin'),
    )
    .action(
      async (flags: {
        email: string;
        name?: string;
        password?: string;
        role: 'owner' | 'admin' | 'editor' | 'viewer';
      }) => {
        await withPostrider({ start: {}, defaults: { SANDBOX: 'false' } }, async (postrider) => {
          const user = await createUser(postrider.core, ownerOf(postrider), flags);
          console.log(`Account ${user.email} with the role ${flags.role} is made.`);
          if (user.generatedPassword) console.log(`Its password, shown this once: ${user.generatedPassword}`);
        });
      },
    );
  return new Command('user').description('accounts for people').addCommand(create.exitOverride());
}
