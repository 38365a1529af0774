import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { generateDkimKey } from '../src/mail/dkim/key-pair.ts';
import type { Postrider } from '../src/main.ts';
import type { BenchOptions } from './bench-options.ts';
import { isInstalled, startSink } from './bench-sink.ts';
import { median } from './median.ts';

export interface DkimOptions extends BenchOptions {
  readonly postrider: Postrider;
  readonly messages: number;
  readonly rounds: number;
}

/** Medians of rounds: what `openssl speed` signs on one core, and campaigns with signatures and without, in turns. */
export interface DkimResult {
  readonly sink: string;
  readonly messages: number;
  readonly connections: number;
  readonly rounds: number;
  readonly signaturesPerSecond: number;
  readonly signed: number;
  readonly unsigned: number;
  /** Of every round: signed messages a second over signatures a second of one core. */
  readonly ratios: readonly number[];
  readonly median: number;
  readonly isEnough: boolean;
}

export const LEAST_OF_OPENSSL = 0.8;
const DOMAIN = 'signed.test';
const WARM_UP = 2000;

/** Throws where there is no `openssl` to compare with. */
export async function runDkim(options: DkimOptions): Promise<DkimResult> {
  const { campaign, connections, messages, rounds, onStep = () => {} } = options;
  if (!isInstalled('openssl')) throw new Error('openssl is not installed: there is nothing to compare with');
  await addSigningDomain(options.postrider);
  const sink = await startSink(options.sink, options.program);
  const rate = async (name: string, from: string) => {
    const { seconds } = await campaign.send(sink.port, messages, connections, from);
    onStep(`${name}: ${Math.round(messages / seconds)} messages/s`);
    return messages / seconds;
  };
  const openssl: number[] = [];
  const signed: number[] = [];
  const unsigned: number[] = [];
  try {
    await campaign.send(sink.port, Math.min(WARM_UP, messages), connections, `News <news@${DOMAIN}>`);
    for (let round = 0; round < rounds; round++) {
      openssl.push(await opensslSpeed());
      onStep(`openssl speed rsa2048: ${Math.round(openssl.at(-1) ?? 0)} signatures/s on one core`);
      signed.push(await rate('signed with RSA-2048', `News <news@${DOMAIN}>`));
      unsigned.push(await rate('not signed', 'News <news@sender.test>'));
    }
  } finally {
    await sink.stop();
  }
  const ratios = signed.map((perSecond, i) => perSecond / (openssl[i] ?? 0));
  return {
    sink: sink.name,
    messages,
    connections,
    rounds,
    signaturesPerSecond: median(openssl),
    signed: median(signed),
    unsigned: median(unsigned),
    ratios,
    median: median(ratios),
    isEnough: median(ratios) >= LEAST_OF_OPENSSL,
  };
}

/** A domain whose record was seen, as far as the database knows. */
async function addSigningDomain({ core, workspaceId }: Postrider): Promise<void> {
  const { privatePem, publicKey } = await generateDkimKey('rsa');
  const { rows } = await core.db.pool.query<{ id: string }>(
    `insert into sending_domains (workspace_id, domain, verified_at, next_check_at) values ($1, $2, now(), 'infinity')
     on conflict (workspace_id, domain) do update set verified_at = now() returning id`,
    [workspaceId, DOMAIN],
  );
  await core.db.pool.query('delete from dkim_keys where domain_id = $1', [rows[0]?.id]);
  await core.db.pool.query(
    `insert into dkim_keys (domain_id, selector, algorithm, private_key, key_id, public_key, state, activated_at)
     values ($1, 'bench', 'rsa', $2, $3, $4, 'active', now())`,
    [rows[0]?.id, core.secrets.seal(privatePem), core.secrets.keyId, publicKey],
  );
}

/** Signatures a second of one process: the last lines of `openssl speed` name sign/s before verify/s. */
async function opensslSpeed(): Promise<number> {
  const child = spawn('openssl', ['speed', '-seconds', '3', 'rsa2048'], { stdio: ['ignore', 'pipe', 'ignore'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  await once(child, 'close');
  const found = /^rsa\s*2048 bits\s+\S+s\s+\S+s\s+([\d.]+)/m.exec(output);
  if (!found) throw new Error(`openssl speed answered something else: ${output.slice(-200)}`);
  return Number(found[1]);
}
