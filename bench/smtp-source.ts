import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { isInstalled } from './bench-sink.ts';

/** Bytes of a message, about what a letter of ours weighs with its headers. */
const LENGTH = 9500;

/** Postfix's `smtp-source`, which sends one fixed message again and again. Seconds, or null where it is not installed. */
export async function sendBySmtpSource(port: number, messages: number, connections: number): Promise<number | null> {
  if (!isInstalled('smtp-source')) return null;
  const options = { s: connections, m: messages, l: LENGTH, f: 'a@sender.test', t: 'b@example.test' };
  const flags = Object.entries(options).flatMap(([flag, value]) => [`-${flag}`, String(value)]);
  const startedAt = performance.now();
  const source = spawn('smtp-source', ['-d', ...flags, `127.0.0.1:${port}`], { stdio: 'ignore' });
  const [code] = (await once(source, 'exit')) as [number | null];
  return code === 0 ? (performance.now() - startedAt) / 1000 : null;
}
