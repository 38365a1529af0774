import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { runErasure } from '../src/core/contact-erasure.ts';
import { listOpenErasures } from '../src/db/contact-erasures.ts';
import { openTestApp, type TestApp } from './helpers/app.ts';

const ADDRESS = 'Ada.Love+news@erase.test';
const KEY = ADDRESS.toLowerCase();
const HASH = `sha256:${createHash('sha256').update(KEY).digest('hex')}`;

let test: TestApp;
let contactId: string;
let sendId: string;

const query = (text: string, values: unknown[] = []) => test.database.pool.query(text, values);
const workspace = () => test.caller.workspaceId;

beforeAll(async () => {
  test = await openTestApp();
});
afterAll(() => test.close());
beforeEach(async () => {
  await query(
    'truncate contacts, list_subscriptions, suppressions, campaigns, lead_imports, alerts, contact_erasures, email_sends, email_events, sandbox_messages, idempotency_keys, consent_records, audit_log cascade',
  );
  await leaveTraces();
});

/** Somebody who is everywhere: in lists, ledgers, audiences, imports, alerts, the mailbox, kept answers. */
async function leaveTraces(): Promise<void> {
  const { body } = await test.call(
    'POST',
    '/api/contacts',
    { email: ADDRESS, firstName: 'Ada', notes: 'met in Rome' },
    { 'idempotency-key': 'ada' },
  );
  contactId = body.id;
  await test.call('POST', '/api/contacts', { email: 'eve@erase.test' });
  await query(`insert into list_subscriptions (list_id, contact_id) select gen_random_uuid(), $1`, [contactId]);
  const quote = `550 5.1.1 <${ADDRESS}>: no such user`;
  const { rows } = await query(
    `with c as (insert into campaigns (workspace_id, name, state, audience, errors) values ($1, 'sent', 'active', '{"kind":"inline"}', $2) returning id),
       s as (insert into campaign_sends (workspace_id, campaign_id, total, expanded_at) select $1, id, 4, now() from c returning id, campaign_id),
       b as (insert into campaign_send_batches (send_id, batch_no, first_seq, last_seq, pending, failed, sent) select id, 1, 1, 4, 1, 1, 1 from s)
     insert into email_sends (send_id, seq, contact_id, email, email_key, data, state, response, reason)
     select s.id, r.* from s, (values
       (1, $3::uuid, $4, $5, '{"firstName":"Ada"}'::json, 0, null, null),
       (2, null, 'eve@erase.test', 'eve@erase.test', '{}', 2, '250 Ok', null),
       (3, $3, $4, null, '{"firstName":"Ada"}', 5, null, 'duplicate')) r(seq, contact_id, email, email_key, data, state, response, reason)
     returning send_id`,
    [workspace(), JSON.stringify([{ email: ADDRESS, message: quote }]), contactId, ADDRESS, KEY],
  );
  sendId = rows[0].send_id;
  await query(
    `with c as (insert into campaigns (workspace_id, name, state, audience) values ($1, 'failed', 'completed', '{"kind":"inline"}') returning id),
       s as (insert into campaign_sends (workspace_id, campaign_id, total, expanded_at) select $1, id, 1, now() from c returning id),
       e as (insert into email_sends (send_id, seq, email, email_key, data, state, response) select id, 1, $2, $3, '{}', 4, $4 from s returning send_id, seq)
     insert into email_events (workspace_id, send_id, seq, type, data) select $1, send_id, seq, 'bounced', jsonb_build_object('diagnostic', $4::text) from e`,
    [workspace(), ADDRESS, KEY, quote],
  );
  await query(
    `with c as (insert into campaigns (workspace_id, name, state) values ($1, 'later', 'delayed') returning id)
     insert into campaign_audience_rows (campaign_id, row_no, email, email_key, data) select id, 1, $2, $3, json_build_object('x', $2::text) from c`,
    [workspace(), ADDRESS, KEY],
  );
  await query(
    `with i as (insert into lead_imports (workspace_id, mode, state, format, findings)
       values ($1, 'merge', 'completed', 'csv', jsonb_build_object('role', jsonb_build_object('value', $2::text))) returning id)
     insert into lead_import_rejects (import_id, row_no, field, value, reason) select id, 3, 'email', $2, 'row: ' || $2 from i`,
    [workspace(), ADDRESS],
  );
  await query(
    `with a as (insert into alerts (workspace_id, kind, subject, message) values ($1, 'campaign', 'x', $2) returning id)
     insert into alert_deliveries (alert_id, event, channel, target, last_error) select id, 'raised', 'email', 'ops@here.test', $2 from a`,
    [workspace(), `It said: ${quote}`],
  );
  await query(
    `insert into sandbox_messages (workspace_id, envelope_from, envelope_to, to_text, size, raw) values ($1, 'a@b.test', $2, $2, 3, convert_to($2, 'UTF8'))`,
    [workspace(), ADDRESS],
  );
  await query(
    `insert into consent_records (workspace_id, contact_id, email_hash, action, method, source, ip) values ($1, $2, $3, 'subscribed', 'api', $4, '10.0.0.0')`,
    [workspace(), contactId, HASH.slice(7), `key of ${ADDRESS}`],
  );
  await query(
    `insert into audit_log (workspace_id, actor_kind, actor_name, action, object_name, detail) values ($1, 'user', $2, 'thing.done', $2, jsonb_build_object('about', $2::text))`,
    [workspace(), ADDRESS],
  );
}

/** Every value of every table that holds a text, as a dump would have it. */
async function findInDump(text: string): Promise<string[]> {
  const { rows: tables } = await query(
    `select format('%I.%I', table_schema, table_name) as name, table_name as short from information_schema.tables
     where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`,
  );
  const found: string[] = [];
  for (const { name, short } of tables) {
    const { rows } = await query(
      `select count(*)::int as n from ${name} t where position($1 in lower(t::text)) > 0 or position($2 in t::text) > 0`,
      [text.toLowerCase(), Buffer.from(text).toString('hex')],
    );
    if (rows[0].n > 0) found.push(short);
  }
  return found.sort();
}

const TRACES = [
  'alert_deliveries',
  'alerts',
  'audit_log',
  'campaign_audience_rows',
  'campaigns',
  'consent_records',
  'contacts',
  'email_events',
  'email_sends',
  'lead_import_rejects',
  'lead_imports',
  'sandbox_messages',
];

it('takes an address out of every table, and leaves a hash, the rows of the ledger and their states', async () => {
  expect(await findInDump(ADDRESS)).toEqual(TRACES);
  const done = await test.call('POST', `/api/contacts/${contactId}/erase`);
  expect(done).toMatchObject({ status: 200, body: { state: 'completed', addressHash: HASH, waitingFor: null } });
  expect(done.body.erased).toMatchObject({ contacts: 1, emailSends: 3, emailEvents: 1, sandboxMessages: 1, alerts: 1 });
  expect(await findInDump(ADDRESS)).toEqual([]);
  expect(await findInDump('met in Rome')).toEqual([]);
  expect(await findInDump(HASH.slice(7))).toEqual(
    [
      'consent_records',
      'contact_erasures',
      'email_events',
      'email_sends',
      'suppressions',
      'campaign_audience_rows',
    ].sort(),
  );
  const { rows } = await query(
    'select seq, email, email_key, state, reason, data::text from email_sends where send_id = $1 order by seq',
    [sendId],
  );
  expect(rows).toEqual([
    { seq: 1, email: 'erased', email_key: HASH, state: 5, reason: 'suppressed', data: '{}' },
    { seq: 2, email: 'eve@erase.test', email_key: 'eve@erase.test', state: 2, reason: null, data: '{}' },
    { seq: 3, email: 'erased', email_key: null, state: 5, reason: 'duplicate', data: '{}' },
  ]);
  const answer = await query('select response from idempotency_keys');
  expect(test.core.secrets.open(answer.rows[0].response).toString()).toContain('"email":"erased"');
  const { rows: suppressions } = await query('select kind, email_key, reason from suppressions');
  expect(suppressions).toEqual([{ kind: 'hash', email_key: HASH, reason: 'erased' }]);
});

it('takes what single emails said to them alone, and leaves what others got too', async () => {
  await test.addAccount(1);
  const contentBase64 = Buffer.from(ADDRESS).toString('base64');
  const own = await test.call('POST', '/api/emails', {
    to: { email: ADDRESS, name: 'Ada Love' },
    subject: `Your account ${ADDRESS}`,
    htmlContent: `<p>Dear Ada, you are ${ADDRESS}</p>`,
    metadata: { login: ADDRESS },
    headers: { 'X-Login': ADDRESS },
    attachments: [{ filename: 'a.txt', contentType: 'text/plain', contentBase64 }],
  });
  expect(own).toMatchObject({ status: 202 });
  const both = { to: [ADDRESS, 'eve@erase.test'], subject: 'To both', textContent: 'Hello' };
  const { id } = (await test.call('POST', '/api/emails', both)).body;
  expect(await findInDump(ADDRESS)).toContain('email_recipients');
  const done = await test.call('POST', `/api/contacts/${contactId}/erase`);
  expect(done.body.erased).toMatchObject({ emailSends: 5, emailRecipients: 2, campaigns: expect.any(Number) });
  expect(await findInDump(ADDRESS)).toEqual([]);
  expect((await test.call('GET', `/api/emails/${own.body.id}`)).body).toMatchObject({
    subject: 'erased',
    recipients: [{ email: 'erased', subject: 'erased' }],
  });
  expect((await test.call('GET', `/api/emails/${id}`)).body).toMatchObject({
    subject: 'To both',
    recipients: [{ email: 'erased' }, { email: 'eve@erase.test', subject: 'To both' }],
  });
});

it('answers again for who was erased, and erases by address whoever is no contact any more', async () => {
  const first = await test.call('POST', `/api/contacts/${contactId}/erase`);
  const again = await test.call('POST', `/api/contacts/${contactId}/erase`);
  expect(again).toMatchObject({ status: 200, body: { id: first.body.id, state: 'completed' } });
  await query(`insert into alerts (workspace_id, kind, subject, message) values ($1, 'campaign', 'y', $2)`, [
    workspace(),
    `to ${KEY}`,
  ]);
  const byAddress = await test.call('POST', '/api/contacts/erase', {
    email: ADDRESS.toUpperCase().replace('ERASE.TEST', 'erase.test'),
  });
  expect(byAddress).toMatchObject({ status: 200, body: { state: 'completed', erased: { alerts: 1 } } });
  expect(await findInDump(ADDRESS)).toEqual([]);
  expect((await test.call('GET', '/api/contacts/erasures')).body.items).toHaveLength(2);
  expect((await test.stranger('POST', `/api/contacts/${contactId}/erase`)).status).toBe(404);
  expect((await test.as('editor')('POST', '/api/contacts/erase', { email: ADDRESS })).status).toBe(403);
});

it('goes on behind a crash, and waits for an import that began before and for a message on its way', async () => {
  const { rows } = await query(
    `insert into lead_imports (workspace_id, mode, state, format) values ($1, 'merge', 'active', 'csv') returning id`,
    [workspace()],
  );
  const waiting = await test.call('POST', `/api/contacts/${contactId}/erase`);
  expect(waiting).toMatchObject({
    status: 202,
    body: { state: 'active', waitingFor: expect.stringContaining('an import') },
  });
  // The import brings the address back and ends.
  await query(`insert into contacts (workspace_id, email, email_key) values ($1, $2, $3)`, [workspace(), ADDRESS, KEY]);
  await query(`update lead_imports set state = 'completed' where id = $1`, [rows[0].id]);
  await query(`update email_sends set email = $2, email_key = $3, state = 1 where send_id = $1 and seq = 1`, [
    sendId,
    ADDRESS,
    KEY,
  ]);
  const [erasureId = ''] = await listOpenErasures(test.core.db.sql);
  await query(`update campaigns set state = 'completed' where state = 'active'`); // whoever had it in hand is gone
  await runErasure(test.core, erasureId);
  expect((await test.call('GET', '/api/contacts/erasures')).body.items).toMatchObject([
    { state: 'active', waitingFor: expect.stringContaining('on its way') },
  ]);
  await query(`update email_sends set state = 4, response = $2 where send_id = $1 and seq = 1`, [
    sendId,
    `550 <${ADDRESS}>`,
  ]);
  // A worker that died in the middle of it holds the lease for a while.
  await query(`update contact_erasures set lease_until = now() + interval '1 minute'`);
  expect(await listOpenErasures(test.core.db.sql)).toEqual([]);
  await query(`update contact_erasures set lease_until = now() - interval '1 second'`);
  await runErasure(test.core, erasureId);
  expect((await test.call('GET', '/api/contacts/erasures')).body.items).toMatchObject([
    { state: 'completed', waitingFor: null },
  ]);
  expect(await findInDump(ADDRESS)).toEqual([]);
});

it('hands a person all that is known of them, and tells what was sent to them', async () => {
  await query(`insert into email_events (workspace_id, send_id, seq, type) values ($1, $2, 1, 'opened')`, [
    workspace(),
    sendId,
  ]);
  const data = await test.call('GET', `/api/contacts/${contactId}/data`);
  expect(data).toMatchObject({
    status: 200,
    body: { contact: { email: ADDRESS, notes: 'met in Rome' }, consent: [{ action: 'subscribed', ip: '10.0.0.0' }] },
  });
  expect(data.body.messages).toMatchObject([
    { campaignName: 'failed', state: 'failed', events: [{ type: 'bounced' }] },
    { campaignName: 'sent', state: 'pending', events: [{ type: 'opened' }] },
  ]);
  const first = await test.call('GET', `/api/contacts/${contactId}/activity?limit=1`);
  expect(first.body.items.filter(({ kind }: { kind: string }) => kind === 'message')).toMatchObject([
    { campaignName: 'failed' },
  ]);
  expect(first.body.items.map(({ kind }: { kind: string }) => kind)).toContain('consent');
  const second = await test.call('GET', `/api/contacts/${contactId}/activity?limit=1&cursor=${first.body.nextCursor}`);
  expect(second.body.items).toMatchObject([{ kind: 'message', campaignName: 'sent', state: 'pending' }]);
  expect(second.body.nextCursor).toBeNull();
});
