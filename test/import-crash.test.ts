import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import type pg from 'pg';
import { afterEach, expect, it } from 'vitest';
import { runImport } from '../src/core/import-run.ts';
import { getImport, startImportFromFile } from '../src/core/imports.ts';
import { isCertainlyGone } from '../src/lib/process-key.ts';
import { openTestCore, type TestCore } from './helpers/core.ts';
import { Program } from './helpers/program.ts';
import { Random } from './helpers/random.ts';

/** The long form has 2,000,000 (IMPORT_CRASH_ROWS=2000000). */
const ROWS = Number(process.env.IMPORT_CRASH_ROWS ?? 30_000);
const SEED = Number(process.env.IMPORT_CRASH_SEED ?? Date.now() % 100_000);
const KILLS = ROWS > 100_000 ? 5 : 2;
const KNOWN = ROWS / 10;
const PATIENCE_MS = Math.max(60_000, ROWS / 2);

interface Truth {
  inserted: number;
  updated: number;
  skipped: number;
  invalid: number;
  duplicate: number;
}

/** Every tenth person is known, one row in fifty repeats an earlier one, and one in a hundred has no address. */
async function writeFile(file: string, random: Random): Promise<Truth> {
  const out = fs.createWriteStream(file);
  out.write('email,first_name,last_name,city,orders,tags\n');
  const truth = { inserted: 0, updated: 0, skipped: 0, invalid: 0, duplicate: 0 };
  for (let row = 1, person = 0; row <= ROWS; row++) {
    const what = random.below(100);
    let email = `person${person + 1}@x.test`;
    if (what === 0) {
      email = `person${row}`;
      truth.invalid++;
    } else if (what <= 2 && person > 0) {
      email = `PERSON${1 + random.below(person)}@x.test`;
      truth.duplicate++;
    } else {
      person++;
      if (person <= KNOWN) truth.updated++;
      else truth.inserted++;
    }
    const line = `${email},First ${row % 977},"Last, ""${row % 7919}""",City ${row % 100},${row % 24},"a${row % 3};b"\n`;
    if (!out.write(line)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
  return truth;
}

/** People who are there before, a third of them unsubscribed from the list. */
async function addKnown({ database, caller }: TestCore): Promise<void> {
  await database.pool.query(
    `with list as (insert into lists (workspace_id, name) values ($1, 'Everybody') returning id),
     people as (
       insert into contacts (workspace_id, email, email_key, first_name, attributes, tags)
       select $1, 'Person' || i || '@x.test', 'person' || i || '@x.test', 'Known', '{"plan":"team"}', '{old}' from generate_series(1, $2::int) i
       returning id, email_key)
     insert into list_subscriptions (list_id, contact_id, status)
     select list.id, people.id, case when hashtext(email_key) % 3 = 0 then 'unsubscribed' else 'subscribed' end from list, people`,
    [caller.workspaceId, KNOWN],
  );
}

/** Everything that an import leaves behind, but for ids and times. */
async function contentOf(pool: pg.Pool, importId: string) {
  const digest = async (text: string, values: unknown[] = []) =>
    (
      await pool.query(
        `select count(*)::int as rows, sum(hashtextextended(t::text, 0))::text as sum from (${text}) t`,
        values,
      )
    ).rows[0];
  return {
    contacts: await digest(
      'select email, email_key, first_name, last_name, name, time_zone, locale, tags, attributes from contacts',
    ),
    subscriptions: await digest(
      'select l.name, c.email_key, s.status from list_subscriptions s join lists l on l.id = s.list_id join contacts c on c.id = s.contact_id',
    ),
    rejects: await digest('select row_no, field, value, reason from lead_import_rejects where import_id = $1', [
      importId,
    ]),
    batches: await digest(
      'select batch_no, first_row, last_row, inserted, updated, skipped, invalid, duplicate from lead_import_batches where import_id = $1',
      [importId],
    ),
    attributes: await digest('select name, type from contact_attributes'),
  };
}

const cores: TestCore[] = [];
const programs: Program[] = [];
afterEach(async () => {
  for (const program of programs.splice(0)) await program.end('SIGKILL');
  for (const core of cores.splice(0)) await core.close();
});

async function openCore(): Promise<TestCore> {
  const core = await openTestCore();
  cores.push(core);
  await addKnown(core);
  return core;
}

async function startProgram({ core, database }: TestCore): Promise<Program> {
  const environment = {
    DATABASE_URL: database.url,
    DATA_DIR: core.dataDir,
    APP_SECRET: 'a secret of the tests only',
    MAX_WORKERS: '1',
    SANDBOX: 'false',
  };
  const program = await Program.start(['start', '--role', 'worker'], environment, /./);
  programs.push(program);
  return program;
}

/** As when the machine loses its power: the program and its workers at once. */
async function pullThePlug(program: Program, { pool }: TestCore['database']): Promise<void> {
  const { rows } = await pool.query<{ pid: number; process_key: string }>(
    `select pid, process_key from email_workers where state in ('running', 'stopping') and pid <> $1`,
    [process.pid],
  );
  await program.end('SIGKILL');
  for (const worker of rows) if (!isCertainlyGone(worker.pid, worker.process_key)) process.kill(worker.pid, 'SIGKILL');
}

it(
  `is the same after kills at random moments as without any (seed ${SEED})`,
  async () => {
    const random = new Random(SEED);
    const killed = await openCore();
    const undisturbed = await openCore();
    const file = path.join(killed.core.dataDir, 'people.csv');
    const truth = await writeFile(file, random);
    const start = (test: TestCore) =>
      startImportFromFile(test.core, test.caller, { path: file, listName: 'Everybody' });

    const { importId } = await start(killed);
    const rowsDone = async () => (await getImport(killed.core, killed.caller, importId)).total;
    const moments = Array.from({ length: KILLS }, () => (ROWS * random.below(900)) / 1000).sort((a, b) => a - b);
    for (const moment of moments) {
      const program = await startProgram(killed);
      await expect.poll(rowsDone, { timeout: PATIENCE_MS, interval: 5 }).toBeGreaterThanOrEqual(moment);
      await new Promise((resolve) => setTimeout(resolve, random.below(100)));
      await pullThePlug(program, killed.database);
    }
    await startProgram(killed);
    const status = () => getImport(killed.core, killed.caller, importId);
    await expect.poll(async () => (await status()).state, { timeout: PATIENCE_MS, interval: 50 }).toBe('completed');

    const reference = await start(undisturbed);
    await runImport(undisturbed.core, reference.importId);
    expect((await status()).counts).toEqual(truth);
    expect((await status()).total).toBe(ROWS);
    expect((await getImport(undisturbed.core, undisturbed.caller, reference.importId)).counts).toEqual(truth);
    const content = await contentOf(killed.database.pool, importId);
    expect(content).toEqual(await contentOf(undisturbed.database.pool, reference.importId));
    console.log(
      `killed behind rows ${moments.map(Math.round).join(', ')} of ${ROWS}: ${JSON.stringify(content.contacts)}`,
    );
  },
  PATIENCE_MS * 10,
);
