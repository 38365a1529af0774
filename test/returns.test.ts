import { createTransport } from 'nodemailer';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sendCampaign } from '../src/core/campaigns.ts';
import { keepReturnedMail, readReturnedMails } from '../src/core/returned-mail.ts';
import { changeSettings } from '../src/core/settings.ts';
import { deleteExpired } from '../src/db/housekeeping.ts';
import { type ReturnPathListener, startReturnPathListener } from '../src/returns/listener.ts';
import { LETTER, statusOf, TestWorkers, untilState } from './helpers/campaign.ts';
import { openTestCore, type TestCore } from './helpers/core.ts';
import { type SmtpSink, startSink } from './helpers/smtp-sink.ts';

let test: TestCore;
let sink: SmtpSink;
let listener: ReturnPathListener;
const workers = new TestWorkers();

beforeEach(async () => {
  test = await openTestCore();
  sink = await startSink();
  await test.addAccount(sink.port);
  listener = await startReturnPathListener(test.core, { host: '127.0.0.1', port: 0 });
});
afterEach(async () => {
  await workers.stop();
  await listener.stop();
  await test.close();
  await sink.close();
});

/** A campaign that was sent with a return path a copy; the return paths, in the order of the ledger. */
async function sent(audience: ReadonlyArray<{ email: string }>): Promise<{ id: string; paths: string[] }> {
  await changeSettings(test.core, test.caller, { returnPathDomain: 'Bounces.Sender.test' });
  const { id } = await sendCampaign(test.core, test.caller, { ...LETTER, audience: [...audience] });
  await workers.start(test);
  await untilState(test, id, 'completed');
  const byRecipient = new Map(sink.accepted.map((copy) => [copy.to[0], copy.from]));
  return { id, paths: audience.map(({ email }) => byRecipient.get(email) ?? '') };
}

function report(recipient: string, status = '5.1.1', words = '550 5.1.1 User unknown'): string {
  return [
    'From: MAILER-DAEMON@mx.test',
    'Subject: Undelivered Mail Returned to Sender',
    `Message-ID: <${recipient}.${status}@mx.test>`,
    'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
    '',
    '--b',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.test',
    '',
    `Final-Recipient: rfc822; ${recipient}`,
    `Action: ${status.startsWith('5') ? 'failed' : 'delayed'}`,
    `Status: ${status}`,
    `Diagnostic-Code: smtp; ${words}`,
    '--b--',
    '',
  ].join('\r\n');
}

async function deliver(to: string, raw: string): Promise<{ code: number | null }> {
  const client = createTransport({ host: '127.0.0.1', port: listener.port, ignoreTLS: true });
  try {
    await client.sendMail({ envelope: { from: '', to }, raw });
    return { code: null };
  } catch (error) {
    return { code: (error as { responseCode?: number }).responseCode ?? 0 };
  } finally {
    client.close();
  }
}

const query = async (text: string, ...values: unknown[]) => (await test.database.pool.query(text, values)).rows;
const events = () => query('select seq, type, source, data from email_events order by id');

describe('the return-path listener', () => {
  it('takes what comes back to a copy, and the ledger shows it as what it is', { timeout: 60_000 }, async () => {
    const { id, paths } = await sent([{ email: 'gone@a.test' }, { email: 'slow@a.test' }]);
    expect(paths.every((path) => /^b-[a-z2-7]{48}@bounces\.sender\.test$/.test(path))).toBe(true);
    expect(new Set(paths).size).toBe(2);
    expect(await deliver(paths[0]?.toUpperCase() ?? '', report('gone@a.test'))).toEqual({ code: null });
    await deliver(paths[1] ?? '', report('slow@a.test', '4.4.1', '451 4.4.1 Connection timed out'));
    await expect.poll(events, { timeout: 20_000 }).toHaveLength(2);
    expect(await events()).toMatchObject([
      { seq: 1, type: 'bounced', source: 'listener', data: { hard: true, class: 'mailbox-unknown', status: '5.1.1' } },
      { seq: 2, type: 'delayed', source: 'listener', data: { class: 'connection-timed-out' } },
    ]);
    expect(await query('select email_key, reason from suppressions')).toEqual([
      { email_key: 'gone@a.test', reason: 'hard-bounce' },
    ]);
    expect((await statusOf(test, id)).counts).toMatchObject({ sent: 2 });
    expect(await query('select state, recipients, workspace_id from returned_mails order by id')).toEqual([
      { state: 'read', recipients: ['gone@a.test'], workspace_id: test.caller.workspaceId },
      { state: 'read', recipients: ['slow@a.test'], workspace_id: test.caller.workspaceId },
    ]);
  });

  it('knows no other address, and is no relay', async () => {
    const made = test.core.tokens.returnLocalPart({ sendId: test.caller.workspaceId, seq: 1 });
    const forged = made.replace(/.$/, (letter) => (letter === 'a' ? 'b' : 'a'));
    for (const to of ['someone@else.test', 'postmaster@bounces.sender.test', `${forged}@bounces.sender.test`])
      expect(await deliver(to, report('x@a.test'))).toEqual({ code: 550 });
    expect(await query('select 1 from returned_mails')).toEqual([]);
  });

  it('says 451 and keeps nothing while its database is away', async () => {
    const to = `${test.core.tokens.returnLocalPart({ sendId: test.caller.workspaceId, seq: 1 })}@b.test`;
    await test.database.pool.query('alter table returned_mails rename to elsewhere');
    expect(await deliver(to, report('x@a.test'))).toEqual({ code: 451 });
    await test.database.pool.query('alter table elsewhere rename to returned_mails');
    expect(await deliver(to, report('x@a.test'))).toEqual({ code: null });
  });

  it('reads a mail again that it was reading when it was killed, and counts it once', { timeout: 60_000 }, async () => {
    const { paths } = await sent([{ email: 'gone@a.test' }]);
    await workers.stop();
    const ref = test.core.tokens.readReturnLocalPart((paths[0] ?? '').split('@')[0] ?? '');
    if (ref === null) throw new Error('no return path');
    const to = [{ address: paths[0] ?? '', ref }];
    await keepReturnedMail(test.core, to, Buffer.from(report('gone@a.test')));
    await test.database.pool.query("update returned_mails set state = 'new', attempts = 1"); // taken, then killed
    expect(await readReturnedMails(test.core)).toBe(1);
    await test.database.pool.query("update returned_mails set state = 'new'"); // as if its mark had been lost
    expect(await readReturnedMails(test.core)).toBe(1);
    await keepReturnedMail(test.core, to, Buffer.from(`Received: again\r\n${report('gone@a.test')}`));
    expect(await readReturnedMails(test.core)).toBe(1);
    expect(await events()).toHaveLength(1);
    expect(await query('select distinct state from returned_mails')).toEqual([{ state: 'read' }]);
  });

  it('keeps mail for a time, but none that nobody has read', async () => {
    const ref = { sendId: test.caller.workspaceId, seq: 1 };
    for (const words of ['one', 'two'])
      await keepReturnedMail(test.core, [{ address: 'b@b.test', ref }], Buffer.from(words));
    await query("update returned_mails set received_at = now() - interval '31 days'");
    await query("update returned_mails set state = 'read' where raw = 'one'");
    await deleteExpired(test.core.db.sql);
    expect(await query('select state from returned_mails')).toEqual([{ state: 'new' }]);
  });
});
