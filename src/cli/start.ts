import { once } from 'node:events';
import { Command, Option } from 'commander';
import { type Postrider, readConfig, startPostrider } from '../main.ts';
import { untilInterrupted } from './run.ts';

interface StartFlags {
  readonly role?: 'all' | 'api' | 'worker';
  readonly port?: string;
  readonly host?: string;
  readonly dataDir?: string;
}

export function startCommand(): Command {
  return new Command('start')
    .description('run the server: API, dashboard and workers')
    .addOption(new Option('--role <role>', 'what this process does').choices(['all', 'api', 'worker']))
    .option('--port <port>', 'where to listen (PORT, 3000)')
    .option('--host <host>', 'address to listen on (HOST, 127.0.0.1)')
    .option('--data-dir <dir>', 'where the embedded database and secrets live (DATA_DIR, ./data)')
    .action(runStart);
}

async function runStart(flags: StartFlags): Promise<void> {
  const interrupted = untilInterrupted();
  const config = readConfig(process.env, flags);
  const role = flags.role ?? process.env.ROLE ?? 'all';
  const postrider = await startPostrider(config, {
    api: role !== 'worker',
    workers: config.workers.start ? 'processes' : 'none',
  });
  greet(postrider);
  if (!interrupted.aborted) await once(interrupted, 'abort');
  console.error('\nStopping: replies in flight are waited for, everything else is kept for the next start.');
  await postrider.stop();
}

function greet(postrider: Postrider): void {
  if (postrider.url) console.log(`Postrider listens on ${postrider.url}`);
  console.log(loginHint(postrider));
  if (postrider.sandbox)
    console.log(
      `The built-in mailbox takes mail on smtp://127.0.0.1:${postrider.sandbox.port}; nothing leaves this machine through it.`,
    );
}

function loginHint(postrider: Postrider): string {
  if (postrider.loginToken === null)
    return 'Log in with your account or an API key; "postrider user create" makes another account.';
  return `First start. Set it up with this link, good once and for 24 hours:\n  ${postrider.core.baseUrl}/setup#token=${postrider.loginToken}`;
}

export function dashboardUrl(postrider: Postrider): string {
  const base = postrider.core.baseUrl;
  return postrider.loginToken === null ? `${base}/` : `${base}/login#token=${postrider.loginToken}`;
}
