import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { isInstalled } from './bench-sink.ts';
import { letterBytes } from './message.ts';

/** Postfix's `smtp-source`, which sends one fixed message of the same length again and again. Seconds, or null where it is not installed. */
export async function sendBySmtpSource(port: number, messages: number, connections: number): Promise<number | null> {
  if (!isInstalled('smtp-source')) return null;
  const options = { s: connections, m: messages, l: letterBytes(), f: 'a@sender.test', t: 'b@example.test' };
  const flags = Object.entries(options).flatMap(([flag, value]) => [`-${flag}`, String(value)]);
  const startedAt = performance.now();
  const source = spawn('smtp-source', ['-d', ...flags, `127.0.0.1:${port}`], { stdio: 'ignore' });
  const [code] = (await once(source, 'exit')) as [number | null];
  return code === 0 ? (performance.now() - startedAt) / 1000 : null;
}
