import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestApp, type TestApp } from '../../../test/helpers/app.ts';
import { uuid7 } from '../../lib/uuid7.ts';

let test: TestApp;
beforeAll(async () => {
  test = await openTestApp();
});
afterAll(() => test.close());
const make = async (url: string, body: object) => (await test.call('POST', url, body)).body;

describe('contacts', () => {
  it('are made, shown, changed and deleted', async () => {
    const list = await make('/api/lists', { name: 'First' });
    const made = await test.call('POST', '/api/contacts', {
      email: ' Ada@Example.COM ',
      firstName: 'Ada',
      attributes: { city: 'London', gone: null },
      listIds: [list.id],
    });
    expect(made).toMatchObject({
      status: 201,
      body: { email: 'Ada@example.com', firstName: 'Ada', attributes: { city: 'London' }, suppressed: null },
    });
    expect(made.body.lists).toEqual([{ id: list.id, name: 'First', status: 'subscribed' }]);
    const url = `/api/contacts/${made.body.id}`;
    const changed = await test.call('PATCH', url, {
      lastName: 'L',
      firstName: null,
      attributes: { city: null, plan: 'pro' },
    });
    expect(changed.body).toMatchObject({ firstName: null, lastName: 'L', attributes: { plan: 'pro' } });
    expect((await test.call('GET', url)).body).toEqual(changed.body);
    expect((await test.call('DELETE', url)).status).toBe(204);
    expect((await test.call('DELETE', url)).status).toBe(404);
    expect((await test.call('GET', `/api/lists/${list.id}`)).body.contacts).toMatchObject({
      subscribed: 0,
      unsubscribed: 0,
    });
  });

  it('are counted as they are filtered', async () => {
    const list = await make('/api/lists', { name: 'Counted' });
    for (const city of ['Rome', 'Rome', 'Oslo'])
      await make('/api/contacts', { email: `${uuid7()}@count.test`, attributes: { city }, listIds: [list.id] });
    const count = async (query: string) => (await test.call('GET', `/api/contacts/count?${query}`)).body;
    const exactly = (found: number) => ({ count: found, exact: true, atLeast: found, atMost: found });
    expect(await count(`listId=${list.id}`)).toEqual(exactly(3));
    expect(await count(`listId=${list.id}&status=unsubscribed`)).toEqual(exactly(0));
    expect(await count('search=@count.test&attribute=city:Rome')).toEqual(exactly(2));
    expect((await test.stranger('GET', '/api/contacts/count')).body).toEqual(exactly(0));
    expect((await test.call('GET', '/api/contacts/count?status=subscribed')).status).toBe(422);
  });

  it('have an address of their own', async () => {
    const one = await make('/api/contacts', { email: 'one@x.test' });
    const two = await make('/api/contacts', { email: 'two@x.test' });
    expect(await test.call('POST', '/api/contacts', { email: 'ONE@x.test' })).toMatchObject({
      status: 409,
      body: { code: 'NAME_TAKEN' },
    });
    expect(await test.call('PATCH', `/api/contacts/${two.id}`, { email: 'one@x.test' })).toMatchObject({ status: 409 });
    expect(await test.call('PATCH', `/api/contacts/${one.id}`, { email: 'One@x.test' })).toMatchObject({ status: 200 });
    expect((await test.stranger('POST', '/api/contacts', { email: 'one@x.test' })).status).toBe(201);
  });

  it.each<[object, string]>([
    [{ email: 'nobody' }, 'email'],
    [{ email: `${'a'.repeat(290)}@b.test` }, 'email'],
    [{ email: 'a@b.test\r\nBcc: eve@evil.test' }, 'email'],
    [{}, 'email'],
    [{ email: 'n@b.test', attributes: [] }, 'attributes'],
    [{ email: 'n@b.test', attributes: { big: 'x'.repeat(70_000) } }, 'attributes'],
    [{ email: 'n@b.test', listIds: [uuid7()] }, 'listIds'],
    [{ email: 'n@b.test', city: 'London' }, 'city'],
  ])('are refused: %j'.slice(0, 16), async (body, path) => {
    expect(await test.call('POST', '/api/contacts', body)).toMatchObject({ status: 422, body: { errors: [{ path }] } });
  });

  it('are found by name, address and list, page by page', async () => {
    const list = await make('/api/lists', { name: 'Found' });
    for (let i = 0; i < 3; i++)
      await make('/api/contacts', { email: `find${i}@f.test`, name: `50% of ${i}`, listIds: [list.id] });
    const first = await test.call('GET', '/api/contacts?search=50%25%20of&limit=2');
    expect(first.body.items.map((item: { email: string }) => item.email)).toEqual(['find2@f.test', 'find1@f.test']);
    expect(
      (await test.call('GET', `/api/contacts?search=50%25&limit=2&cursor=${first.body.nextCursor}`)).body.items,
    ).toHaveLength(1);
    expect((await test.call('GET', `/api/contacts?listId=${list.id}&status=subscribed`)).body.items).toHaveLength(3);
    expect((await test.call('GET', `/api/contacts?listId=${list.id}&status=unsubscribed`)).body.items).toEqual([]);
    expect((await test.call('GET', '/api/contacts?status=subscribed')).status).toBe(422);
    expect((await test.stranger('GET', `/api/contacts?listId=${list.id}`)).body.items).toEqual([]);
  });

  it('belong to their workspace', async () => {
    const { id } = await make('/api/contacts', { email: 'mine@x.test' });
    for (const method of ['GET', 'PATCH', 'DELETE'] as const)
      expect((await test.stranger(method, `/api/contacts/${id}`, method === 'PATCH' ? {} : undefined)).status).toBe(
        404,
      );
  });
});

describe('lists', () => {
  it('are made, renamed and deleted without their contacts', async () => {
    const list = await make('/api/lists', { name: ' Letters ' });
    expect(list).toMatchObject({ name: 'Letters', contacts: { subscribed: 0 } });
    expect(await test.call('POST', '/api/lists', { name: 'Letters' })).toMatchObject({
      status: 409,
      body: { code: 'NAME_TAKEN' },
    });
    expect((await test.call('PATCH', `/api/lists/${list.id}`, { name: 'Post' })).body.name).toBe('Post');
    const other = await make('/api/lists', { name: 'Other' });
    expect((await test.call('PATCH', `/api/lists/${other.id}`, { name: 'Post' })).status).toBe(409);
    await test.call('POST', `/api/lists/${list.id}/contacts`, { emails: ['stays@x.test'] });
    expect((await test.call('DELETE', `/api/lists/${list.id}`)).status).toBe(204);
    expect((await test.call('GET', '/api/contacts?search=stays')).body.items).toHaveLength(1);
    for (const name of ['', '  ', 'a\nb', 'x'.repeat(201)])
      expect((await test.call('POST', '/api/lists', { name })).status).toBe(422);
  });

  it('take contacts by id and address, and do not take back who unsubscribed: they are asked when told to', async () => {
    const list = await make('/api/lists', { name: 'Members' });
    const ada = await make('/api/contacts', { email: 'ada@m.test' });
    const url = `/api/lists/${list.id}/contacts`;
    const add = (body: object) => test.call('POST', url, body);
    expect((await add({ contactIds: [ada.id, ada.id], emails: ['new@m.test', 'ADA@m.test'] })).body).toEqual({
      subscribed: 2,
      unconfirmed: 0,
      unchanged: 0,
      unsubscribed: 0,
    });
    expect((await test.call('DELETE', `${url}/${ada.id}`)).status).toBe(204);
    expect((await test.call('DELETE', `${url}/${ada.id}`)).status).toBe(204);
    expect((await test.call('GET', `/api/lists/${list.id}`)).body.contacts).toEqual({
      subscribed: 1,
      unconfirmed: 0,
      unsubscribed: 1,
    });
    const unchanged = { subscribed: 0, unconfirmed: 0 };
    expect((await add({ emails: ['ada@m.test', 'new@m.test'] })).body).toEqual({
      ...unchanged,
      unchanged: 1,
      unsubscribed: 1,
    });
    expect((await add({ contactIds: [ada.id], resubscribe: true })).body).toEqual({
      ...unchanged,
      unchanged: 0,
      unsubscribed: 1,
    });
    expect((await add({})).status).toBe(422);
    expect((await add({ contactIds: [uuid7()] })).status).toBe(422);
    expect(await add({ emails: ['x', 'y@z.test'] })).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'emails/0' }] },
    });
    expect((await test.call('DELETE', `${url}/${uuid7()}`)).status).toBe(404);
  });

  it('belong to their workspace, and so do their members', async () => {
    const list = await make('/api/lists', { name: 'Mine' });
    const theirs = (await test.stranger('POST', '/api/contacts', { email: 't@t.test' })).body;
    expect((await test.call('POST', `/api/lists/${list.id}/contacts`, { contactIds: [theirs.id] })).status).toBe(422);
    for (const [method, path] of [
      ['GET', ''],
      ['PATCH', ''],
      ['POST', '/contacts'],
      ['DELETE', `/contacts/${uuid7()}`],
      ['DELETE', ''],
    ] as const) {
      const body = method === 'PATCH' ? { name: 'x' } : method === 'POST' ? { emails: ['a@b.test'] } : undefined;
      expect((await test.stranger(method, `/api/lists/${list.id}${path}`, body)).status, `${method} ${path}`).toBe(404);
    }
  });
});

describe('suppressions', () => {
  it('are made once, found and lifted', async () => {
    const first = await test.call('POST', '/api/suppressions', { email: 'No@x.test', source: 'phone call' });
    expect(first).toMatchObject({ status: 201, body: { email: 'No@x.test', reason: 'manual', source: 'phone call' } });
    expect(await test.call('POST', '/api/suppressions', { email: 'no@X.test' })).toMatchObject({
      status: 200,
      body: { id: first.body.id },
    });
    const contact = await make('/api/contacts', { email: 'no@x.test' });
    expect(contact.suppressed).toBe('manual');
    expect((await test.call('GET', '/api/suppressions?search=no@')).body.items).toHaveLength(1);
    expect((await test.stranger('GET', '/api/suppressions')).body.items).toEqual([]);
    expect((await test.stranger('DELETE', `/api/suppressions/${first.body.id}`)).status).toBe(404);
    expect(await test.call('DELETE', `/api/suppressions/${first.body.id}`)).toMatchObject({
      status: 200,
      body: { removed: { email: 'No@x.test' }, meaning: expect.stringContaining('send to No@x.test again') },
    });
    expect((await test.call('GET', `/api/contacts/${contact.id}`)).body.suppressed).toBeNull();
    expect((await test.call('POST', '/api/suppressions', { email: 'x' })).status).toBe(422);
  });
});
