import { Command, CommanderError } from 'commander';
import { AppError, messageOf } from '../errors.ts';
import { packageVersion } from '../lib/package-version.ts';
import { apiKeyCommand } from './api-key.ts';
import { benchCommand, benchSinkCommand } from './bench.ts';
import { chaosCommand, chaosSinkCommand } from './chaos.ts';
import { classifyCommand } from './classify.ts';
import { demoCommand } from './demo.ts';
import { doctorCommand } from './doctor.ts';
import { EXIT } from './exit-codes.ts';
import { exportCommand } from './export.ts';
import { importCommand } from './import.ts';
import { migrateCommand } from './migrate.ts';
import { sendCommand } from './send.ts';
import { startCommand } from './start.ts';
import { userCommand } from './user.ts';
import { workerCommand } from './worker.ts';

const program = new Command('postrider')
  .description('Sends email campaigns, with a ledger that can prove what happened to every recipient.')
  .version(packageVersion())
  .showHelpAfterError('(add --help to see what there is)')
  .exitOverride();

for (const command of [
  startCommand(),
  workerCommand(),
  demoCommand(),
  benchCommand(),
  chaosCommand(),
  sendCommand(),
  importCommand(),
  exportCommand(),
  migrateCommand(),
  doctorCommand(),
  classifyCommand(),
  userCommand(),
  apiKeyCommand(),
]) {
  program.addCommand(command.exitOverride());
}
program.addCommand(benchSinkCommand(), { hidden: true });
program.addCommand(chaosSinkCommand(), { hidden: true });

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

/** Says what went wrong in words, and with LOG_LEVEL=debug where. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode;
  const expected = error instanceof AppError || (error instanceof Error && 'code' in error);
  console.error(`\n${messageOf(error)}`);
  if (!expected || process.env.LOG_LEVEL === 'debug') console.error(error);
  return EXIT.nothingStarted;
}
