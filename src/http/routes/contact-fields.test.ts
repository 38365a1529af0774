import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestApp, type TestApp } from '../../../test/helpers/app.ts';

let test: TestApp;
beforeAll(async () => {
  test = await openTestApp();
});
afterAll(() => test.close());
const make = async (body: object) => (await test.call('POST', '/api/contacts', body)).body;
const emails = async (query: string) => {
  const { body } = await test.call('GET', `/api/contacts?${query}`);
  return body.items.map((item: { email: string }) => item.email);
};

describe('what is known of a contact', () => {
  it('has tags, notes, a time zone and a locale, as they are usually spelled', async () => {
    const made = await make({
      email: 'ada@fields.test',
      tags: [' vip ', 'Early bird', 'vip'],
      notes: 'met in Rome',
      timeZone: 'europe/rome',
      locale: 'pt-br',
    });
    expect(made).toMatchObject({
      tags: ['Early bird', 'vip'],
      notes: 'met in Rome',
      timeZone: 'Europe/Rome',
      locale: 'pt-BR',
      status: 'active',
      suppressed: null,
    });
    const url = `/api/contacts/${made.id}`;
    const changed = await test.call('PATCH', url, { addTags: ['new'], removeTags: ['vip'], notes: null, locale: '' });
    expect(changed.body).toMatchObject({
      tags: ['Early bird', 'new'],
      notes: null,
      locale: null,
      timeZone: 'Europe/Rome',
    });
    expect((await test.call('PATCH', url, { tags: ['only'] })).body.tags).toEqual(['only']);
  });

  it.each<[object, string]>([
    [{ tags: ['a\nb'] }, 'tags/0'],
    [{ tags: ['ok', ' '] }, 'tags/1'],
    [{ tags: ['a;b'] }, 'tags/0'],
    [{ tags: ['x'.repeat(101)] }, 'tags/0'],
    [{ timeZone: 'Mars/Olympus' }, 'timeZone'],
    [{ locale: 'not a locale' }, 'locale'],
  ])('is refused with what to do: %j', async (body, path) => {
    const refused = await test.call('POST', '/api/contacts', { email: 'refused@fields.test', ...body });
    expect(refused).toMatchObject({ status: 422, body: { errors: [{ path }] } });
  });

  it('has a hundred tags at most, also when they come one by one', async () => {
    const tags = Array.from({ length: 100 }, (_, i) => `t${i}`);
    const { id } = await make({ email: 'many@fields.test', tags });
    const refused = await test.call('PATCH', `/api/contacts/${id}`, { addTags: ['one more'] });
    expect(refused).toMatchObject({ status: 422, body: { errors: [{ path: 'addTags' }] } });
    const swapped = await test.call('PATCH', `/api/contacts/${id}`, { addTags: ['one more'], removeTags: ['t0'] });
    expect(swapped.body.tags).toHaveLength(100);
  });

  it('says in lists and pages why nothing is sent to them', async () => {
    await make({ email: 'blocked@fields.test' });
    await test.call('POST', '/api/suppressions', { email: 'blocked@fields.test' });
    const { body } = await test.call('GET', '/api/contacts?search=blocked');
    expect(body.items).toMatchObject([{ status: 'suppressed', suppressed: 'manual' }]);
  });
});

describe('declared attributes', () => {
  const declare = (name: string, type: string) => test.call('PUT', `/api/contacts/attributes/${name}`, { type });

  it('refuse values of another type, and tell how many contacts hold such', async () => {
    await make({ email: 'd1@attr.test', attributes: { size: 'large' } });
    await make({ email: 'd2@attr.test', attributes: { size: 5 } });
    expect(await declare('size', 'number')).toMatchObject({
      status: 200,
      body: { name: 'size', type: 'number', misfits: 1 },
    });
    const refused = await test.call('POST', '/api/contacts', { email: 'd3@attr.test', attributes: { size: '7' } });
    expect(refused).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'attributes/size', message: expect.stringContaining('without quotes') }] },
    });
    const { id } = await make({ email: 'd3@attr.test', attributes: { size: 7 } });
    expect((await test.call('PATCH', `/api/contacts/${id}`, { attributes: { size: null } })).body.attributes).toEqual(
      {},
    );
    expect((await test.call('GET', '/api/contacts/attributes')).body.items).toMatchObject([
      { name: 'size', type: 'number' },
    ]);
    expect((await test.stranger('GET', '/api/contacts/attributes')).body.items).toEqual([]);
    expect((await declare('size', 'string')).body.misfits).toBe(1);
    expect((await test.call('DELETE', '/api/contacts/attributes/size')).status).toBe(204);
    expect((await test.call('DELETE', '/api/contacts/attributes/size')).status).toBe(404);
  });

  it.each<[string, unknown, boolean]>([
    ['date', '2030-01-31', true],
    ['date', '2030-01-31T09:00:00Z', true],
    ['date', '31.01.2030', false],
    ['date', '2030-02-31', false],
    ['boolean', true, true],
    ['boolean', 'true', false],
    ['array', ['a'], true],
    ['array', 'a', false],
    ['string', 'a', true],
    ['string', 1, false],
  ])('%s takes %j: %s', async (type, value, fits) => {
    await declare('field', type);
    const { status } = await test.call('POST', '/api/contacts', {
      email: `v${Math.random()}@attr.test`,
      attributes: { field: value },
    });
    expect(status).toBe(fits ? 201 : 422);
  });
});

describe('a search', () => {
  beforeAll(async () => {
    await make({ email: 'Zoe.Quux@find.test', firstName: 'Zoë', lastName: 'Quux-Meier', tags: ['find'] });
    await make({
      email: 'other@find.test',
      name: 'Zoë van Dyke',
      attributes: { n: 7, list: ['a', 'b'], on: true, text: '7' },
    });
    await make({
      email: 'third@sub.find.test',
      firstName: 'Bo',
      lastName: 'Zed',
      name: 'Dr. Bo Zed',
      attributes: { n: 70 },
    });
    await make({ email: 'idn@bücher.test' });
  });

  it.each<[string, string[]]>([
    ['search=zoe.q', ['Zoe.Quux@find.test']],
    ['search=ZOË', ['other@find.test', 'Zoe.Quux@find.test']],
    ['search=zoë quux-m', ['Zoe.Quux@find.test']],
    ['search=quux', ['Zoe.Quux@find.test']],
    ['search=zed', ['third@sub.find.test']],
    ['search=dr. bo', ['third@sub.find.test']],
    ['search=bo z', ['third@sub.find.test']],
    ['search=uux', []],
    ['search=@find.test', ['other@find.test', 'Zoe.Quux@find.test']],
    ['search=@fin', ['other@find.test', 'Zoe.Quux@find.test']],
    ['search=@bücher.test', ['idn@xn--bcher-kva.test']],
    ['search=%25', []],
    ['tag=find', ['Zoe.Quux@find.test']],
    ['tag=Find', []],
    ['attribute=n:7', ['other@find.test']],
    ['attribute=list:b', ['other@find.test']],
    ['attribute=on:true', ['other@find.test']],
    ['attribute=text:7', ['other@find.test']],
    ['attribute=n:7&search=zoë', ['other@find.test']],
    ['attribute=n:7&search=quux', []],
  ])('%s finds %j', async (query, found) => {
    expect(await emails(encodeURI(query).replaceAll('%2525', '%25'))).toEqual(found);
  });

  it('goes on page by page, newest first, each contact once', async () => {
    await test.database.pool.query(
      `insert into contacts (workspace_id, email, email_key, last_name)
       select $1, e, e, case when g % 100 = 0 then 'Rare' else 'Common' end from generate_series(1, 6000) g, lateral (select 'page' || g || '@p.test' as e) a`,
      [test.caller.workspaceId],
    );
    for (const [query, many] of [
      ['search=rare', 60],
      ['search=page1', 1111],
      ['search=@p.test', 6000],
    ] as const) {
      const seen: string[] = [];
      let cursor = '';
      do {
        const { body } = await test.call(
          'GET',
          `/api/contacts?${query}&limit=${many > 100 ? 700 : 25}${cursor && `&cursor=${cursor}`}`,
        );
        seen.push(...body.items.map((item: { id: string }) => item.id));
        cursor = body.nextCursor ?? '';
      } while (cursor !== '');
      expect(seen).toHaveLength(many);
      expect([...seen].sort().reverse()).toEqual(seen);
      expect(new Set(seen).size).toBe(many);
    }
  });

  it.each(['attribute=novalue', 'status=subscribed'])('%s is refused', async (query) => {
    expect((await test.call('GET', `/api/contacts?${query}`)).status).toBe(422);
  });
});
