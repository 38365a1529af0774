import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sendCampaign } from '../src/core/campaigns.ts';
import { checkDomain } from '../src/core/domain-check.ts';
import { createDomain } from '../src/core/domains.ts';
import { sendTest } from '../src/core/test-send.ts';
import { LETTER, people, statusOf, TestWorkers, untilState } from './helpers/campaign.ts';
import { openTestCore, type TestCore } from './helpers/core.ts';
import { FakeDns } from './helpers/fake-dns.ts';
import { missingOpendkim, verifyByOpendkim } from './helpers/mail-servers/opendkim.ts';
import { runsHere } from './helpers/runs-here.ts';
import { type SmtpSink, startSink } from './helpers/smtp-sink.ts';

describe('messages of a campaign', () => {
  let test: TestCore;
  let sink: SmtpSink;
  let records: Record<string, string>;
  const workers = new TestWorkers();
  const canVerify = runsHere('signatures of a campaign checked by OpenDKIM', missingOpendkim());

  beforeEach(async () => {
    test = await openTestCore();
    sink = await startSink();
    await test.addAccount(sink.port, { limitPerSecond: 500 });
    const made = await createDomain(test.core, test.caller, { domain: 'sender.test', ed25519: true });
    const dns = new FakeDns();
    for (const { record } of made.keys) dns.set(record.host, { txt: [record.value] });
    records = Object.fromEntries(made.keys.map(({ record }) => [record.host, record.value]));
    await checkDomain(test.core, test.caller, made.id, dns);
    await test.database.pool.query(`update sending_domains set next_check_at = 'infinity'`);
  });
  afterEach(async () => {
    await workers.stop();
    await test.close();
    await sink.close();
  });

  it('are signed where the From domain has a key, every one, and unsigned elsewhere', async () => {
    await workers.start(test, 2);
    const signed = await sendCampaign(test.core, test.caller, { ...LETTER, audience: people(300) });
    await untilState(test, signed.id, 'completed');
    const copies = sink.accepted.map(({ content }) => content);
    expect(copies).toHaveLength(300);
    for (const copy of copies)
      expect(copy.toString('latin1')).toMatch(
        /^DKIM-Signature: v=1; a=rsa-sha256;[\s\S]*\r\nDKIM-Signature: v=1; a=ed25519-sha256;[\s\S]*\r\nFrom: /,
      );
    if (canVerify)
      for (const verdict of verifyByOpendkim(copies, records))
        expect(verdict).toEqual(['rsa-sha256: pass', 'ed25519-sha256: pass']);
    const other = await sendCampaign(test.core, test.caller, { ...LETTER, from: 'a@other.test', audience: people(20) });
    await untilState(test, other.id, 'completed');
    expect(sink.accepted.slice(300).every(({ content }) => !content.includes('DKIM-Signature'))).toBe(true);
  });

  it('are signed when they are tests, too', async () => {
    const draft = await sendCampaign(test.core, test.caller, {
      ...LETTER,
      audience: people(1),
      scheduledAt: '2099-01-01T00:00:00Z',
    });
    const [result] = await sendTest(test.core, test.caller, draft.id, { to: ['ada@example.test'] });
    expect(result?.sent).toBe(true);
    expect(sink.accepted.at(-1)?.content.toString('latin1')).toMatch(/^DKIM-Signature: /);
  });

  it('are not sent unsigned when a key cannot be opened: they wait, and fail nobody', async () => {
    await test.database.pool.query(`update dkim_keys set private_key = '\\x00' where algorithm = 'rsa'`);
    await workers.start(test);
    const campaign = await sendCampaign(test.core, test.caller, { ...LETTER, audience: people(20) });
    await expect
      .poll(async () => (await statusOf(test, campaign.id)).waitingFor ?? '', { timeout: 10_000 })
      .toContain('another try to prepare the message');
    expect((await statusOf(test, campaign.id)).counts).toMatchObject({ pending: 20, sent: 0, failed: 0 });
    expect(sink.accepted).toEqual([]);
  });

  it('fail alone where a template fails on one of them, as without signatures', async () => {
    await workers.start(test);
    const audience = [...people(10), { email: 'odd@example.test', firstName: 'x'.repeat(20_000) }];
    const campaign = await sendCampaign(test.core, test.caller, { ...LETTER, audience });
    const { counts } = await untilState(test, campaign.id, 'completed');
    expect(counts).toMatchObject({ sent: 10, failed: 1 });
  });
});
