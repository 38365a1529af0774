import { Command, CommanderError } from 'commander';
import { AppError, messageOf } from '../errors.ts';
import { packageVersion } from '../lib/package-version.ts';
import { EXIT } from './exit-codes.ts';

const program = new Command('postrider')
  .description('Sends email campaigns, with a ledger that can prove what happened to every recipient.')
  .version(packageVersion())
  .showHelpAfterError('(add --help to see what there is)')
  .exitOverride();

/** Each is a part of its own: a process loads what it was asked for, and only help loads all. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  start: async () => (await import('./start.ts')).startCommand(),
  worker: async () => (await import('./worker.ts')).workerCommand(),
  demo: async () => (await import('./demo.ts')).demoCommand(),
  bench: async () => (await import('./bench.ts')).benchCommand(),
  chaos: async () => (await import('./chaos.ts')).chaosCommand(),
  send: async () => (await import('./send.ts')).sendCommand(),
  import: async () => (await import('./import.ts')).importCommand(),
  export: async () => (await import('./export.ts')).exportCommand(),
  migrate: async () => (await import('./migrate.ts')).migrateCommand(),
  doctor: async () => (await import('./doctor.ts')).doctorCommand(),
  classify: async () => (await import('./classify.ts')).classifyCommand(),
  user: async () => (await import('./user.ts')).userCommand(),
  'api-key': async () => (await import('./api-key.ts')).apiKeyCommand(),
};
/** Processes that others start. */
const HIDDEN: typeof COMMANDS = {
  'bench-sink': async () => (await import('./bench.ts')).benchSinkCommand(),
  'chaos-sink': async () => (await import('./chaos.ts')).chaosSinkCommand(),
};

const [name = ''] = process.argv.slice(2);
const asked = COMMANDS[name] ?? HIDDEN[name];
const isVersion = name === '-V' || name === '--version';
for (const load of asked ? [asked] : isVersion ? [] : Object.values(COMMANDS)) {
  program.addCommand((await load()).exitOverride());
}

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
