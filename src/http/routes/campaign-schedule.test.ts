import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestApp, type TestApp } from '../../../test/helpers/app.ts';
import { startDueCampaigns } from '../../db/campaigns.ts';

const draft = { subject: 'x', textContent: 'x', audience: [{ email: 'ada@example.com' }] };
const NIGHT = { from: '21:00', to: '08:00' };

describe('when a campaign is sent, over HTTP', () => {
  let test: TestApp;
  beforeAll(async () => {
    test = await openTestApp();
    await test.addAccount(25);
  });
  afterAll(() => test.close());
  const make = (body: object) => test.call('POST', '/api/campaigns', { ...draft, ...body });
  const launched = async (body: object) => {
    const { id } = (await make(body)).body;
    expect((await test.call('POST', `/api/campaigns/${id}/launch`)).status).toBe(202);
    return (await test.call('GET', `/api/campaigns/${id}`)).body;
  };
  const settings = (change: object) => test.call('PATCH', '/api/settings', change);

  it('reads an instant with an offset, and a time of the zone without one', async () => {
    const at = async (body: object) => (await make(body)).body.scheduledAt;
    expect(await at({ scheduledAt: '2099-07-01T09:00:00+02:00' })).toBe('2099-07-01T07:00:00.000Z');
    expect(await at({ scheduledAt: '2099-07-01T09:00', timezone: 'America/New_York' })).toBe(
      '2099-07-01T13:00:00.000Z',
    );
    expect(await at({ scheduledAt: '2099-07-01T09:00+02:00', timezone: 'recipient' })).toBe('2099-07-01T09:00:00.000Z');
    await settings({ timezone: 'Asia/Tokyo' });
    expect(await at({ scheduledAt: '2099-07-01T09:00' })).toBe('2099-07-01T00:00:00.000Z');
    await settings({ timezone: null });
    expect(await make({ scheduledAt: '2099-07-01T09:00' })).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'scheduledAt', message: expect.stringMatching(/time zone/) }] },
    });
  });

  it('asks for the time again when the timezone makes another moment of it', async () => {
    const { id } = (await make({ scheduledAt: '2099-07-01T09:00:00+02:00' })).body;
    const url = `/api/campaigns/${id}`;
    expect(await test.call('PATCH', url, { timezone: 'recipient' })).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'scheduledAt' }] },
    });
    const both = await test.call('PATCH', url, { timezone: 'recipient', scheduledAt: '2099-07-01T09:00' });
    expect(both.body).toMatchObject({ timezone: 'recipient', scheduledAt: '2099-07-01T09:00:00.000Z' });
    expect((await test.call('PATCH', url, { scheduledAt: '2099-07-02T10:00' })).body.scheduledAt).toBe(
      '2099-07-02T10:00:00.000Z',
    );
    expect((await test.call('PATCH', url, { timezone: 'Europe/Berlin' })).status).toBe(422);
  });

  it('begins a day early where it goes by the clocks of recipients, and says what it waits for', async () => {
    const now = Date.now();
    const wall = (hours: number) => new Date(now + hours * 3_600_000).toISOString().slice(0, 16);
    const later = await launched({ scheduledAt: wall(16), timezone: 'recipient' });
    const soon = await launched({ scheduledAt: wall(14.2), timezone: 'recipient' });
    const utc = await launched({ scheduledAt: `${wall(14.2)}Z` });
    expect([later.state, soon.state, utc.state]).toEqual(['delayed', 'waiting', 'delayed']);
    const status = await test.call('GET', `/api/campaigns/status/${later.jobId}`);
    expect(status.body.waitingFor).toMatch(/^\d\d:\d\d on \d{4}-\d\d-\d\d where its recipients are$/);
    await test.database.pool.query(
      `update campaigns set scheduled_at = scheduled_at - interval '2 hours' where id = any($1)`,
      [[later.id, utc.id]],
    );
    expect((await startDueCampaigns(test.core.db.sql)).map(({ id }) => id)).toEqual([later.id]);
  });

  it("takes the workspace's defaults for what it does not say, as they are at the launch", async () => {
    const defaults = {
      timezone: 'Europe/Berlin',
      retry: { delaysSeconds: [60] },
      tracking: { opens: true },
      quietHours: NIGHT,
    };
    expect((await settings(defaults)).body).toMatchObject(defaults);
    const silent = await launched({});
    expect(silent).toMatchObject({ ...defaults, quietHours: { ...NIGHT, timezone: 'Europe/Berlin' } });
    const own = { timezone: 'Asia/Tokyo', retry: { delaysSeconds: [7, 8] }, tracking: { clicks: false } };
    const noon = { from: '12:00', to: '13:00', timezone: 'recipient' };
    expect(await launched({ ...own, quietHours: noon })).toMatchObject({ ...own, quietHours: noon });
    expect(await launched({ quietHours: 'none' })).toMatchObject({ quietHours: null, retry: defaults.retry });
    expect((await launched({ timezone: 'recipient' })).quietHours).toEqual({ ...NIGHT, timezone: 'recipient' });
    await settings({ timezone: null, retry: null, tracking: null, quietHours: null });
    expect((await test.call('GET', `/api/campaigns/${silent.id}`)).body).toMatchObject({ retry: defaults.retry });
    expect(await launched({})).toMatchObject({ timezone: null, retry: null, tracking: null, quietHours: null });
  });

  it.each<[object, string]>([
    [{ scheduledAt: 'tomorrow' }, 'scheduledAt'],
    [{ scheduledAt: '2099-02-30T09:00:00Z' }, 'scheduledAt'],
    [{ timezone: 'Mars/Olympus' }, 'timezone'],
    [{ quietHours: { from: '9:00', to: '10:00' } }, 'quietHours/from'],
    [{ quietHours: { from: '24:00', to: '10:00' } }, 'quietHours/from'],
    [{ quietHours: { from: '10:00', to: '10:00' } }, 'quietHours/to'],
    [{ quietHours: { ...NIGHT, timezone: 'Nowhere' } }, 'quietHours/timezone'],
    [{ quietHours: 'never' }, 'quietHours'],
  ])('refuses %j', async (body, path) => {
    const answer = await make(body);
    expect(answer).toMatchObject({ status: 422, body: { code: 'VALIDATION' } });
    expect(answer.body.errors.map((error: { path: string }) => error.path)).toContain(path);
  });
});
