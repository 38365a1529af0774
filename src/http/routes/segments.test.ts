import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestApp, type TestApp } from '../../../test/helpers/app.ts';

const GERMAN = { attribute: 'country', op: 'is', value: 'Germany' };
const LETTER = { subject: 'x', textContent: 'x' };

describe('segments', () => {
  let test: TestApp;
  beforeAll(async () => {
    test = await openTestApp();
    await test.addAccount(25);
    for (const [name, type] of Object.entries({ country: 'string', age: 'number', born: 'date' }))
      await test.call('PUT', `/api/contacts/attributes/${name}`, { type });
    for (let i = 0; i < 30; i++)
      await test.call('POST', '/api/contacts', {
        email: `p${i}@x.test`,
        attributes: { country: i % 3 === 0 ? 'Germany' : 'France', age: 20 + i },
      });
  });
  afterAll(() => test.close());

  let names = 0;
  const make = async (filter: object): Promise<string> => {
    const { status, body } = await test.call('POST', '/api/segments', { name: `Segment ${++names}`, filter });
    expect(status, JSON.stringify(body)).toBe(201);
    return body.id;
  };

  it('are made, told in words, listed, changed and deleted', async () => {
    const filter = { and: [GERMAN, { activity: 'opened', days: 30 }] };
    const { status, body } = await test.as('editor')('POST', '/api/segments', { name: ' Germans ', filter });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      name: 'Germans',
      filter,
      description: 'country is Germany and opened any campaign in the last 30 days',
      counted: null,
    });
    expect((await test.call('GET', `/api/segments/${body.id}`)).body).toEqual(body);
    expect((await test.call('GET', '/api/segments?search=german')).body).toEqual({ items: [body], nextCursor: null });
    expect((await test.call('POST', '/api/segments', { name: 'Germans', filter })).body.code).toBe('NAME_TAKEN');
    const changed = await test.call('PATCH', `/api/segments/${body.id}`, { name: 'All Germans', filter: GERMAN });
    expect(changed.body).toMatchObject({ name: 'All Germans', filter: GERMAN, description: 'country is Germany' });
    expect((await test.stranger('GET', `/api/segments/${body.id}`)).status).toBe(404);
    expect((await test.as('viewer')('DELETE', `/api/segments/${body.id}`)).status).toBe(403);
    expect((await test.call('DELETE', `/api/segments/${body.id}`)).status).toBe(204);
    expect((await test.call('GET', `/api/segments/${body.id}`)).status).toBe(404);
  });

  it('are made once by one key, however often it is sent', async () => {
    const key = { 'idempotency-key': 'one segment' };
    const first = await test.call('POST', '/api/segments', { name: 'Once', filter: GERMAN }, key);
    expect((await test.call('POST', '/api/segments', { name: 'Once', filter: GERMAN }, key)).body).toEqual(first.body);
  });

  it.each([
    [
      { attribute: 'cuntry', op: 'is', value: 'x' },
      'filter/attribute',
      'declared are age (number), born (date), country (string)',
    ],
    [{ and: [GERMAN, { attribute: 'age', op: 'contains', value: '3' }] }, 'filter/and/1/op', 'declared as number'],
    [{ or: [{ attribute: 'age', op: 'above', value: '30' }] }, 'filter/or/0/value', 'must be a number'],
    [{ attribute: 'born', op: 'before', value: '2026-02-30' }, 'filter/value', 'must be a day'],
    [{ field: 'lists', op: 'in', value: ['018f0000-0000-7000-8000-000000000001'] }, 'filter', 'there is no list'],
    [{ activity: 'opened', campaignIds: ['018f0000-0000-7000-8000-000000000001'] }, 'filter', 'there is no campaign'],
    [{ activity: 'opened', link: 'https://a.test' }, 'filter/link', 'leave it out'],
    [{ and: [] }, 'filter/and', ''],
    [{ and: [GERMAN], op: 'is' }, 'filter/op', '"and" stands alone'],
  ])('refuses %j and says where and why', async (filter, path, words) => {
    const { status, body } = await test.call('POST', '/api/segments', { name: 'Wrong', filter });
    expect(status).toBe(422);
    expect(body.errors[0]).toMatchObject({ path, message: expect.stringContaining(words) });
  });

  it('show who is in them while they are written', async () => {
    const { status, body } = await test.as('viewer')('POST', '/api/segments/contacts', { filter: GERMAN, limit: 3 });
    expect(status).toBe(200);
    expect(body.items.map((item: { email: string }) => item.email)).toEqual(['p27@x.test', 'p24@x.test', 'p21@x.test']);
    expect(
      (await test.stranger('POST', '/api/segments/contacts', { filter: { field: 'email', op: 'isSet' } })).body.items,
    ).toEqual([]);
  });

  it('count while they are written, exactly where there are few contacts', async () => {
    const count = (filter: object) => test.as('viewer')('POST', '/api/segments/count', { filter });
    const { body } = await count({ and: [GERMAN, { attribute: 'age', op: 'atLeast', value: 30 }] });
    expect(body).toEqual({
      count: 6,
      exact: true,
      atLeast: 6,
      atMost: 6,
      countedAt: expect.stringMatching(/Z$/),
      description: 'country is Germany and age is at least 30',
    });
    expect((await count({ attribute: 'nope', op: 'is', value: 'x' })).status).toBe(422);
  });

  it('keep an exact count with its moment until the filter is changed', async () => {
    const id = await make(GERMAN);
    const { body } = await test.call('GET', `/api/segments/${id}/count?exact=true`);
    expect(body).toMatchObject({ count: 10, exact: true });
    const { counted } = (await test.call('GET', `/api/segments/${id}`)).body;
    expect(counted).toEqual({ count: 10, countedAt: body.countedAt });
    expect((await test.call('GET', `/api/segments/${id}/count?exact=true`)).body.countedAt).toBe(body.countedAt);
    await test.call('PATCH', `/api/segments/${id}`, { filter: { not: [GERMAN] } });
    expect((await test.call('GET', `/api/segments/${id}`)).body.counted).toBeNull();
    expect((await test.call('GET', `/api/segments/${id}/count`)).body.count).toBe(20);
  });

  it('show their contacts page by page, the newest first', async () => {
    const id = await make(GERMAN);
    const emails: string[] = [];
    for (let cursor = ''; ; ) {
      const { body } = await test.call('GET', `/api/segments/${id}/contacts?limit=4${cursor}`);
      emails.push(...body.items.map(({ email }: { email: string }) => email));
      expect(body.items.length).toBeLessThanOrEqual(4);
      if (body.nextCursor === null) break;
      cursor = `&cursor=${body.nextCursor}`;
    }
    expect(emails).toEqual(Array.from({ length: 10 }, (_, i) => `p${27 - 3 * i}@x.test`));
  });

  it('say what is wrong with them when an attribute is declared otherwise since', async () => {
    await test.call('PUT', '/api/contacts/attributes/tier', { type: 'number' });
    const id = await make({ attribute: 'tier', op: 'above', value: 3 });
    await test.call('PUT', '/api/contacts/attributes/tier', { type: 'boolean' });
    const { body } = await test.call('GET', `/api/segments/${id}`);
    expect(body.description).toContain('Cannot be used as things are');
    expect((await test.call('GET', `/api/segments/${id}/count`)).status).toBe(422);
    const audience = { segmentIds: [id] };
    const refused = await test.call('POST', '/api/campaigns/send', { ...LETTER, audience });
    expect(refused).toMatchObject({ status: 422, body: { code: 'VALIDATION' } });
  });

  it('cannot be deleted while a draft or a scheduled campaign is to be sent to them', async () => {
    const id = await make(GERMAN);
    const draft = await test.call('POST', '/api/campaigns', {
      ...LETTER,
      name: 'Sale',
      audience: { segmentIds: [id] },
    });
    const later = { scheduledAt: '2099-01-01T09:00:00Z', name: 'Later' };
    const audience = { segmentIds: [await make(GERMAN)], excludeSegmentIds: [id] };
    await test.call('POST', '/api/campaigns/send', { ...LETTER, ...later, audience });
    const { status, body } = await test.call('DELETE', `/api/segments/${id}`);
    expect([status, body.code]).toEqual([409, 'SEGMENT_IN_USE']);
    expect(body.detail).toContain('"Sale" (a draft), "Later" (scheduled)');
    expect(draft.body.audience).toMatchObject({ segmentIds: [id] });
    expect((await test.call('GET', `/api/segments/${id}`)).status).toBe(200);
  });

  it('are no audience when they are not there', async () => {
    const audience = { segmentIds: ['018f0000-0000-7000-8000-000000000009'] };
    const { status, body } = await test.call('POST', '/api/campaigns/send', { ...LETTER, audience });
    expect([status, body.errors[0].path]).toEqual([422, 'audience/segmentIds']);
    const none = await test.call('POST', '/api/campaigns/send', { ...LETTER, audience: { excludeSegmentIds: [] } });
    expect(none.body.errors[0].path).toBe('audience/listIds');
  });

  it('are forecast by who would be sent to, and by their time zones', async () => {
    await test.call('POST', '/api/suppressions', { email: 'p0@x.test' });
    const audience = { segmentIds: [await make(GERMAN)] };
    const { body } = await test.call('POST', '/api/campaigns', { ...LETTER, audience });
    const forecast = async () => (await test.call('POST', `/api/campaigns/${body.id}/forecast`)).body;
    expect((await forecast()).recipients).toBe(9);
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
    await test.call('PATCH', `/api/campaigns/${body.id}`, { scheduledAt: `${tomorrow}T09:00`, timezone: 'recipient' });
    expect((await forecast()).recipients).toBe(9);
  });
});
