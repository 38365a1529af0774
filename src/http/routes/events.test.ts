import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestApp, type TestApp } from '../../../test/helpers/app.ts';
import { type FeedbackEvent, takeFeedback } from '../../core/feedback.ts';
import { expandCampaign } from '../../engine/expand.ts';
import { uuid7 } from '../../lib/uuid7.ts';

const TOLD: FeedbackEvent = {
  type: 'delivered',
  source: 'ses',
  eventId: '',
  occurredAt: new Date('2026-01-02T03:04:05Z'),
  ref: null,
  messageId: null,
  recipient: null,
  trusted: true,
  hard: false,
  class: null,
  status: null,
  reply: null,
  response: null,
};

describe('events over HTTP', () => {
  let test: TestApp;
  let campaignId: string;
  beforeAll(async () => {
    test = await openTestApp();
    await test.addAccount(25);
    const audience = Array.from({ length: 3 }, (_, i) => ({ email: `U${i}@b.test` }));
    campaignId = (await test.call('POST', '/api/campaigns/send', { subject: 'x', textContent: 'x', audience })).body
      .campaignId;
    await expandCampaign(test.core.db, campaignId, { onBatchesReady: async () => {} });
    await test.database.pool.query('update email_sends set state = 2, attempts = 1');
    const { rows } = await test.database.pool.query('select id from campaign_sends');
    const at = (seq: number, more: Partial<FeedbackEvent>): FeedbackEvent => ({
      ...TOLD,
      ref: { sendId: rows[0].id, seq },
      eventId: uuid7(),
      ...more,
    });
    const bounce = {
      type: 'bounced',
      class: 'mailbox-full',
      status: '5.2.2',
      reply: 552,
      response: '552 Full',
    } as const;
    await takeFeedback(test.core, test.caller.workspaceId, [
      at(1, {}),
      at(2, bounce),
      at(2, bounce),
      at(3, { type: 'complained', data: { feedback: 'abuse' } }),
    ]);
  });
  afterAll(() => test.close());
  const events = (query: string) => test.call('GET', `/api/events${query}`);

  it('are listed newest first and page by page, and got one by one', async () => {
    const { body } = await events('?limit=2');
    expect(body.items).toMatchObject([
      { type: 'complained', email: 'U2@b.test', data: { feedback: 'abuse' } },
      {
        type: 'bounced',
        source: 'ses',
        seq: 2,
        class: 'mailbox-full',
        status: '5.2.2',
        reply: 552,
        hard: false,
        response: '552 Full',
      },
    ]);
    const next = await events(`?limit=2&cursor=${body.nextCursor}`);
    expect(next.body).toMatchObject({ items: [{ type: 'bounced' }, { type: 'delivered' }], nextCursor: null });
    const [one] = next.body.items;
    expect((await test.call('GET', `/api/events/${one.id}`)).body).toEqual(one);
    expect((await test.call('GET', `/api/events/${uuid7()}`)).status).toBe(404);
    expect(one.occurredAt).toBe('2026-01-02T03:04:05.000Z');
  });

  it('are found by kind, campaign, address and when they came', async () => {
    const count = async (query: string) => (await events(query)).body.items.length;
    expect(await count('?type=bounced')).toBe(2);
    expect(await count(`?campaignId=${campaignId}`)).toBe(4);
    expect(await count(`?campaignId=${uuid7()}`)).toBe(0);
    expect(await count('?email=u1@B.test')).toBe(2);
    expect(await count('?since=2026-01-03T00:00:00Z')).toBe(4); // received, not happened
    expect(await count('?until=2026-01-03T00:00:00Z')).toBe(0);
    expect(await count(`?accountId=${uuid7()}`)).toBe(0);
    expect((await events('?type=eaten')).status).toBe(422);
    expect((await test.stranger('GET', '/api/events')).body.items).toEqual([]);
  });

  it('stand with their recipient, in words, and are counted in the report', async () => {
    const { body } = await test.call('GET', `/api/campaigns/${campaignId}/recipients`);
    expect(body.items[1].events[0]).toMatchObject({
      type: 'bounced',
      note: expect.stringMatching(/^for now: The mailbox is full.*“552 Full”$/),
    });
    const report = await test.call('GET', `/api/campaigns/${campaignId}/report`);
    expect(report.body.events).toEqual({ delivered: 1, bounced: 1, complained: 1 }); // recipients, not events
  });

  it('come back to a domain that is one', async () => {
    const change = (returnPathDomain: unknown) => test.call('PATCH', '/api/settings', { returnPathDomain });
    expect(await change('bounces.example.com')).toMatchObject({
      status: 200,
      body: { returnPathDomain: 'bounces.example.com' },
    });
    for (const wrong of ['localhost', 'a b.test', '@a.test', 'a..test', 'ä.test'])
      expect((await change(wrong)).status).toBe(422);
    expect((await change(null)).body.returnPathDomain).toBeNull();
  });
});
