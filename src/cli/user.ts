import { Command, Option } from 'commander';
import { createResetLinkFor } from '../core/own-password.ts';
import { createUser } from '../core/users.ts';
import { ownerOf, withPostrider } from './run.ts';

export function userCommand(): Command {
  const create = new Command('create')
    .description('make an account for a person')
    .requiredOption('--email <address>', 'to log in with')
    .option('--name <name>', 'as it is shown')
    .option('--password <password>', 'at least 12 characters; made up and printed when absent')
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
  const reset = new Command('reset-password')
    .description('print a link that sets a new password once within an hour, for somebody who cannot be mailed to')
    .argument('<email>', 'of the account')
    .action(async (email: string) => {
      await withPostrider({ start: {}, defaults: { SANDBOX: 'false' } }, async (postrider) => {
        const link = await createResetLinkFor(postrider.core, email);
        console.error(`Good once, within an hour, for whoever opens it. All sessions of ${email} end then:`);
        console.log(link);
      });
    });
  return new Command('user')
    .description('accounts for people')
    .addCommand(create.exitOverride())
    .addCommand(reset.exitOverride());
}
