import { open } from 'node:fs/promises';
import { Command } from 'commander';
import { type ReturnedRecipient, readReturn } from '../mail/returns/read-return.ts';
import { EXIT } from './exit-codes.ts';

/** As much as the reader looks at, and a little more: a file of gigabytes is not taken into memory. */
const MAX_BYTES = 4 * 1024 * 1024;

/** One recipient of one file. What a message does not say is an empty string. */
interface Line {
  readonly file: string;
  readonly kind: string;
  readonly recipient: string;
  readonly status: string;
  /** The message names no status: it was made from the class. */
  readonly statusDerived: boolean;
  readonly reply: string;
  readonly class: string;
  readonly hard: boolean;
}

export function classifyCommand(): Command {
  return new Command('classify')
    .description('read bounce, complaint and auto-reply mails and say what became of each recipient')
    .argument('<file...>', 'messages as files (.eml); - reads one from standard input')
    .option('--json', 'one JSON object a recipient and line')
    .action(async (files: string[], { json }: { json?: boolean }) => {
      let unreadable = 0;
      for (const file of files) {
        const raw = await readMessage(file).catch((error: unknown) => explain(file, error));
        if (raw === null) unreadable++;
        else for (const one of readReturn(raw).recipients) print(toLine(file, one), json === true);
      }
      if (unreadable > 0) process.exitCode = unreadable === files.length ? EXIT.nothingStarted : EXIT.someNotSent;
    });
}

async function readMessage(file: string): Promise<Buffer> {
  if (file === '-') return readStream(process.stdin);
  const handle = await open(file);
  try {
    return await readStream(handle.createReadStream({ autoClose: false }));
  } finally {
    await handle.close();
  }
}

async function readStream(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= MAX_BYTES) break;
  }
  return Buffer.concat(chunks);
}

function explain(file: string, error: unknown): null {
  console.error(`${file}: cannot be read (${error instanceof Error ? error.message : String(error)})`);
  return null;
}

function toLine(file: string, { kind, recipient, ...said }: ReturnedRecipient): Line {
  const { status, statusDerived, reply, class: name, hard } = said;
  return {
    file,
    kind,
    recipient: recipient ?? '',
    status: status ?? '',
    statusDerived,
    reply: reply === null ? '' : String(reply),
    class: name ?? '',
    hard,
  };
}

function print(line: Line, json: boolean): void {
  if (json) {
    console.log(JSON.stringify(line));
    return;
  }
  const { file, kind, recipient, status, reply, class: name, hard } = line;
  const words = [reply, status, name, kind === 'bounce' ? (hard ? 'hard' : 'soft') : ''].filter((word) => word !== '');
  console.log([`${file}:`, kind, recipient || '(recipient unknown)', ...words].join(' '));
}
