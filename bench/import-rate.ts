import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { Caller } from '../src/core/context.ts';
import { getImport, startImportFromFile } from '../src/core/imports.ts';
import { sleep } from '../src/lib/sleep.ts';
import type { Postrider } from '../src/main.ts';
import type { BenchOptions } from './bench-options.ts';
import { type Beside, runBeside } from './import-beside.ts';
import { median } from './median.ts';
import { MemoryWatch } from './memory-watch.ts';

export interface ImportRateOptions extends BenchOptions {
  readonly postrider: Postrider;
  /** Messages that are sent alone and beside an import; 0: that is not measured. */
  readonly messages: number;
  /** Where the file is made. */
  readonly dataDir: string;
  readonly rows: number;
  readonly rounds: number;
  readonly onStep: (line: string) => void;
}

export interface ImportRate {
  readonly rows: number;
  readonly fileMb: number;
  /** Seconds of `COPY` into a table and `INSERT … ON CONFLICT` from it, by one script; one figure a round. */
  readonly script: readonly number[];
  /** Seconds of the importer for the same file, from its start to its end. */
  readonly ours: readonly number[];
  /** The same file once more: every row is known by then. */
  readonly again: readonly number[];
  readonly oursToScript: number;
  readonly againToOurs: number;
  /** Most resident memory of any one process of ours while it imported, in MB. */
  readonly peakMb: number;
  readonly peakOf: string;
  readonly sending: Beside | null;
}

const LOOK_MS = 50;

/** The importer beside what PostgreSQL alone needs for the same rows: in one database, one after the other. */
export async function runImportRate(options: ImportRateOptions): Promise<ImportRate> {
  const { rows, rounds, onStep, dataDir } = options;
  const file = path.join(dataDir, 'contacts.csv');
  await writeContacts(file, rows);
  const fileMb = Math.round(fs.statSync(file).size / 1e6);
  const run = new ImportRun(options, file);
  const seconds = { script: [] as number[], ours: [] as number[], again: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    for (const step of ['script', 'ours', 'again'] as const) {
      const taken = await run[step]();
      seconds[step].push(taken);
      onStep(`${STEP_NAMES[step]}: ${taken.toFixed(1)} s, ${Math.round(rows / taken).toLocaleString('en')} rows/s`);
    }
    if (round < rounds - 1) await run.clear();
  }
  const oursToScript = round2(median(seconds.ours) / median(seconds.script));
  const againToOurs = round2(median(seconds.again) / median(seconds.ours));
  const peak = { peakMb: Math.round(run.peakMb), peakOf: run.peakOf };
  if (options.messages > 0) await run.clear();
  const sending = options.messages > 0 ? await runBeside({ ...options, file }) : null;
  return { rows, fileMb, ...seconds, oursToScript, againToOurs, ...peak, sending };
}

export const STEP_NAMES = {
  script: 'COPY and INSERT … ON CONFLICT',
  ours: 'import',
  again: 'import of the same file',
} as const;

/** Six columns, one of them a number, one with quotes and commas. */
async function writeContacts(file: string, rows: number): Promise<void> {
  const out = fs.createWriteStream(file);
  out.write('email,first_name,last_name,city,plan,orders\n');
  for (let n = 1; n <= rows; n++) {
    const line = `person${n}@example.test,First${n % 977},Last${n % 7919},"Lisbon, ""PT""",team,${n % 24}\n`;
    if (!out.write(line)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
}

/** The table is like that of contacts, indexes included; the rows are those of the file. */
const SCRIPT_TABLES = `
create table script_contacts (like contacts including all);
create unlogged table script_rows (email text, first_name text, last_name text, city text, plan text, orders int)`;

const SCRIPT_INSERT = `
insert into script_contacts (workspace_id, email, email_key, first_name, last_name, attributes)
select $1, email, lower(email), first_name, last_name, jsonb_build_object('city', city, 'plan', plan, 'orders', orders) from script_rows
on conflict (workspace_id, email_key) do update
set first_name = excluded.first_name, last_name = excluded.last_name, attributes = script_contacts.attributes || excluded.attributes, updated_at = now()`;

class ImportRun {
  peakMb = 0;
  peakOf = '';
  readonly #options: ImportRateOptions;
  readonly #file: string;
  readonly #caller: Caller;

  constructor(options: ImportRateOptions, file: string) {
    this.#options = options;
    this.#file = file;
    this.#caller = { workspaceId: options.postrider.workspaceId, role: 'owner', userId: null };
  }

  get #pool(): pg.Pool {
    return this.#options.postrider.core.db.pool;
  }

  async script(): Promise<number> {
    const client = await this.#pool.connect();
    try {
      await client.query(SCRIPT_TABLES);
      const startedAt = performance.now();
      await client.query('begin');
      const copy = client.query(copyFrom('copy script_rows from stdin with (format csv, header)'));
      await pipeline(fs.createReadStream(this.#file), copy);
      await client.query(SCRIPT_INSERT, [this.#caller.workspaceId]);
      await client.query('commit');
      const seconds = (performance.now() - startedAt) / 1000;
      await client.query('drop table script_contacts, script_rows');
      return seconds;
    } finally {
      client.release();
    }
  }

  async ours(): Promise<number> {
    const { core } = this.#options.postrider;
    const memory = new MemoryWatch(() => {});
    try {
      const startedAt = performance.now();
      const { importId } = await startImportFromFile(core, this.#caller, { path: this.#file });
      for (;;) {
        const { state, error } = await getImport(core, this.#caller, importId);
        if (state === 'completed') return (performance.now() - startedAt) / 1000;
        if (state === 'failed' || state === 'cancelled') throw new Error(`The import ended as ${state}: ${error}`);
        await sleep(LOOK_MS);
      }
    } finally {
      memory.stop();
      if (memory.peakMb > this.peakMb) ({ peakMb: this.peakMb, peakOf: this.peakOf } = memory);
    }
  }

  again(): Promise<number> {
    return this.ours();
  }

  async clear(): Promise<void> {
    await this.#pool.query('truncate contacts, list_subscriptions');
  }
}

function round2(value: number): number {
  return Math.round(value * 100) / 100;
}
