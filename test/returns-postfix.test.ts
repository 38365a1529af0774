import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendCampaign } from '../src/core/campaigns.ts';
import { changeSettings } from '../src/core/settings.ts';
import { freePort } from '../src/lib/free-port.ts';
import { type ReturnPathListener, startReturnPathListener } from '../src/returns/listener.ts';
import { LETTER, TestWorkers, untilState } from './helpers/campaign.ts';
import { openTestCore, type TestCore } from './helpers/core.ts';
import { type Postfix, postfixMissing, startPostfix } from './helpers/postfix.ts';
import { runsHere } from './helpers/runs-here.ts';
import { type SmtpSink, startSink } from './helpers/smtp-sink.ts';

const DOMAIN = 'bounces.sender.test';

/** A server behind the relay: who writes to whom is refused as real ones refuse. */
const REFUSALS: Readonly<Record<string, string>> = {
  unknown: '550 5.1.1 <unknown@far.test>: Recipient address rejected: User unknown',
  full: '552 5.2.2 <full@far.test>: Mailbox is full',
  later: '451 4.7.1 Please come back later',
  spam: '550 5.7.1 Message rejected as spam',
};

describe.runIf(runsHere('real reports of Postfix', postfixMissing()))('reports of a real Postfix', () => {
  let test: TestCore;
  let far: SmtpSink;
  let listener: ReturnPathListener;
  let relay: Postfix;
  const workers = new TestWorkers();

  beforeAll(async () => {
    test = await openTestCore();
    listener = await startReturnPathListener(test.core, { host: '127.0.0.1', port: 0 });
    far = await startSink({
      script: ({ stage, line }) => (stage === 'rcpt' ? REFUSALS[/<([^@>]+)@/.exec(line)?.[1] ?? ''] : undefined),
    });
    const nobody = await freePort(0, '127.0.0.1');
    relay = await startPostfix({
      main: {
        virtual_mailbox_domains: 'here.test',
        relay_domains: 'far.test, nowhere.test',
        transport_maps: `inline:{ far.test=smtp:[127.0.0.1]:${far.port}, nowhere.test=smtp:[127.0.0.1]:${nobody}, ${DOMAIN}=smtp:[127.0.0.1]:${listener.port} }`,
        delay_warning_time: '1s',
        queue_run_delay: '1s',
        minimal_backoff_time: '1s',
        maximal_backoff_time: '2s',
        maximal_queue_lifetime: '1d',
        bounce_queue_lifetime: '1d',
        smtp_connect_timeout: '2s',
        disable_dns_lookups: 'yes',
        address_verify_map: '',
      },
      services: 'smtp unix - - n - - smtp\nrelay unix - - n - - smtp\n',
    });
    await test.addAccount(relay.port);
    await changeSettings(test.core, test.caller, { returnPathDomain: DOMAIN });
  }, 60_000);
  afterAll(async () => {
    await workers.stop();
    await relay.stop();
    await listener.stop();
    await far.close();
    await test.close();
  });

  it('are events of the rows they are about, and suppress whom they should', { timeout: 120_000 }, async () => {
    const addresses = [
      'unknown@far.test',
      'full@far.test',
      'spam@far.test',
      'later@far.test',
      'any@nowhere.test',
      'good@far.test',
    ];
    const { id } = await sendCampaign(test.core, test.caller, {
      ...LETTER,
      audience: addresses.map((email) => ({ email })),
    });
    await workers.start(test);
    await untilState(test, id, 'completed', 60_000);
    const told = async () =>
      (
        await test.database.pool.query(
          `select distinct e.email_key as email, v.type, v.data->>'class' as class, v.data->>'status' as status, v.data->>'hard' as hard
           from email_events v join email_sends e on e.send_id = v.send_id and e.seq = v.seq order by 1, 2`,
        )
      ).rows;
    await expect.poll(async () => (await told()).length, { timeout: 60_000, interval: 200 }).toBeGreaterThanOrEqual(5);
    expect(await told()).toEqual([
      { email: 'any@nowhere.test', type: 'delayed', class: 'connection-refused', status: '4.4.1', hard: null },
      { email: 'full@far.test', type: 'bounced', class: 'mailbox-full', status: '5.2.2', hard: 'false' },
      { email: 'later@far.test', type: 'delayed', class: expect.any(String), status: '4.7.1', hard: null },
      { email: 'spam@far.test', type: 'bounced', class: 'spam-refused', status: '5.7.1', hard: 'false' },
      { email: 'unknown@far.test', type: 'bounced', class: 'mailbox-unknown', status: '5.1.1', hard: 'true' },
    ]);
    const { rows } = await test.database.pool.query('select email_key, reason from suppressions');
    expect(rows).toEqual([{ email_key: 'unknown@far.test', reason: 'hard-bounce' }]);
    const states = await test.database.pool.query('select distinct state from email_sends');
    expect(states.rows).toEqual([{ state: 2 }]); // all were taken by the relay; what came back overlays that
  });
});
