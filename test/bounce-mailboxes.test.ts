import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { checkDueMailbox } from '../src/core/bounce-mailbox-check.ts';
import {
  changeBounceMailbox,
  createBounceMailbox,
  getBounceMailbox,
  verifyBounceMailbox,
} from '../src/core/bounce-mailboxes.ts';
import { sendCampaign } from '../src/core/campaigns.ts';
import { LETTER, TestWorkers, untilState } from './helpers/campaign.ts';
import { openTestCore, type TestCore } from './helpers/core.ts';
import { type Dovecot, dovecotMissing, MAILBOX_LOGIN, startDovecot } from './helpers/mail-servers/dovecot.ts';
import { runsHere } from './helpers/runs-here.ts';
import { type SmtpSink, startSink } from './helpers/smtp-sink.ts';

const ORDINARY =
  'From: Ann <ann@a.test>\r\nTo: news@sender.test\r\nSubject: A question\r\n\r\nWhen is the next one?\r\n';

describe.runIf(runsHere('bounce mailboxes', dovecotMissing()))('a bounce mailbox on a real Dovecot', () => {
  let test: TestCore;
  let sink: SmtpSink;
  let server: Dovecot;
  const workers = new TestWorkers();

  beforeAll(async () => {
    server = await startDovecot();
  }, 60_000);
  afterAll(() => server.stop());
  beforeEach(async () => {
    test = await openTestCore();
    sink = await startSink();
    await test.addAccount(sink.port);
  });
  afterEach(async () => {
    await workers.stop();
    await test.close();
    await sink.close();
  });

  const query = async (text: string) => (await test.database.pool.query(text)).rows;
  const settings = { host: '127.0.0.1', secure: 'none', ...MAILBOX_LOGIN } as const;
  const make = (more: object = {}) =>
    createBounceMailbox(test.core, test.caller, { ...settings, port: server.port, ...more });
  const again = () => query('update bounce_mailboxes set next_check_at = now(), lease_until = null');

  /** Sends to one address; what a mail system would return of that, found by its Message-ID alone. */
  async function bounceOf(email: string): Promise<string> {
    const { id } = await sendCampaign(test.core, test.caller, { ...LETTER, audience: [{ email }] });
    await workers.start(test);
    await untilState(test, id, 'completed');
    await workers.stop();
    const copy = sink.accepted.find(({ to }) => to[0] === email)?.content.toString() ?? '';
    return [
      'From: MAILER-DAEMON@mx.test',
      'To: news@sender.test',
      'Subject: Mail delivery failed: returning message to sender',
      '',
      'The following address(es) failed:',
      '',
      `  ${email}`,
      '    SMTP error from remote mail server after RCPT TO:',
      '    550 5.1.1 User unknown',
      '',
      '------ This is a copy of the message, including all the headers. ------',
      '',
      copy,
    ].join('\r\n');
  }

  it('is read, each mail once, and other mail is left alone', { timeout: 60_000 }, async () => {
    const before = server.count();
    server.deliver(await bounceOf('gone@a.test'));
    server.deliver(ORDINARY);
    await make({ afterReading: 'move', moveTo: 'Done' });
    expect(await checkDueMailbox(test.core)).toBe(true);
    expect(await checkDueMailbox(test.core)).toBe(false);
    expect(await query('select type, source, data from email_events')).toMatchObject([
      { type: 'bounced', source: 'mailbox', data: { class: 'mailbox-unknown', hard: true } },
    ]);
    expect(await query('select email_key from suppressions')).toEqual([{ email_key: 'gone@a.test' }]);
    expect(server.count('Done')).toBe(1);
    expect(server.count()).toBe(before + 1);
    expect(await query("select octet_length(raw) as kept from returned_mails where state = 'ignored' limit 1")).toEqual(
      [{ kept: 0 }],
    );
    await again();
    await checkDueMailbox(test.core);
    expect(await query('select count(*)::int as n from email_events')).toEqual([{ n: 1 }]);
  });

  it('goes on where a kill left it: kept and not yet read, or read and not yet flagged', {
    timeout: 60_000,
  }, async () => {
    server.deliver(await bounceOf('gone@a.test'));
    const box = await make();
    await checkDueMailbox(test.core);
    expect(server.flags().filter((flags) => flags.includes('F') && flags.includes('S'))).toHaveLength(1);
    await query("update returned_mails set state = 'new', acted = false where state = 'read'"); // as if killed in between
    await again();
    await checkDueMailbox(test.core);
    expect(await query("select state, acted from returned_mails where state <> 'ignored'")).toEqual([
      { state: 'read', acted: true },
    ]);
    expect(await query('select count(*)::int as n from email_events')).toEqual([{ n: 1 }]);
    // The server numbers its messages anew: all of them are looked at again, and known.
    server.renumber();
    await again();
    await checkDueMailbox(test.core);
    expect((await getBounceMailbox(test.core, test.caller, box.id)).error).toBeNull();
    expect(await query('select count(distinct uid_validity)::int as n from returned_mails')).toEqual([{ n: 2 }]);
    expect(await query('select count(*)::int as n from email_events')).toEqual([{ n: 1 }]);
  });

  it('says in words why it cannot be looked into, and is looked into later', { timeout: 60_000 }, async () => {
    const box = await make({ password: 'wrong' });
    expect(await verifyBounceMailbox(test.core, test.caller, box.id)).toMatchObject({
      ok: false,
      message: expect.stringContaining('did not accept the user name or password'),
    });
    await checkDueMailbox(test.core);
    expect((await getBounceMailbox(test.core, test.caller, box.id)).error).toContain('user name or password');
    const { password } = MAILBOX_LOGIN;
    await changeBounceMailbox(test.core, test.caller, box.id, { password, folder: 'Nowhere' });
    expect((await verifyBounceMailbox(test.core, test.caller, box.id)).message).toContain('folder "Nowhere"');
    await changeBounceMailbox(test.core, test.caller, box.id, { folder: 'INBOX' });
    expect(await verifyBounceMailbox(test.core, test.caller, box.id)).toMatchObject({ ok: true });
    expect(await checkDueMailbox(test.core)).toBe(true);
    expect((await getBounceMailbox(test.core, test.caller, box.id)).error).toBeNull();
  });

  it('keeps its password to its own server, and tells it nobody', async () => {
    const box = await make();
    expect(JSON.stringify(box)).not.toContain(MAILBOX_LOGIN.password);
    expect(JSON.stringify(await query('select password from bounce_mailboxes'))).not.toContain(MAILBOX_LOGIN.password);
    await expect(changeBounceMailbox(test.core, test.caller, box.id, { host: 'evil.test' })).rejects.toMatchObject({
      code: 'VALIDATION',
    });
    await expect(make({ afterReading: 'move' })).rejects.toMatchObject({ code: 'VALIDATION' });
    await changeBounceMailbox(test.core, test.caller, box.id, { port: 1, password: 'x' });
    expect((await verifyBounceMailbox(test.core, test.caller, box.id)).message).toContain('cannot be reached');
  });
});
