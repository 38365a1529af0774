import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestApp, type TestApp } from '../../test/helpers/app.ts';

let test: TestApp;
beforeAll(async () => {
  test = await openTestApp();
});
afterAll(() => test.close());

const post = async (url: string, body: object) => (await test.call('POST', url, body)).body;
const pathOf = ({ url }: { url: string }) => new URL(url).pathname;
const fill = (form: { url: string }, fields: Record<string, string> | Array<[string, string]>, on = test) =>
  on.inject({
    method: 'POST',
    url: pathOf(form),
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      origin: 'https://elsewhere.example',
      'sec-fetch-site': 'cross-site',
    },
    payload: new URLSearchParams(fields).toString(),
  });

let made = 0;
const list = (settings: object = {}) =>
  post('/api/lists', { name: `List ${++made}`, visibility: 'public', ...settings });
const form = (listIds: string[], settings: object = {}) =>
  post('/api/forms', { name: `Form ${++made}`, listIds, settings });
/** As the page would have it after five seconds. */
async function begun({ id }: { id: string }, agoMs = 5000): Promise<string> {
  return test.core.pageTokens.make('form', { id, expiresAt: Date.now() - agoMs + 24 * 3_600_000 });
}
const contact = async (email: string) => {
  const [found] = (await test.call('GET', `/api/contacts?search=${email}`)).body.items;
  return found ? (await test.call('GET', `/api/contacts/${found.id}`)).body : null;
};
const requests = async (email: string) =>
  (
    await test.database.pool.query(
      'select q.* from confirmations q join contacts c on c.id = q.contact_id where c.email_key = $1',
      [email],
    )
  ).rows;

describe('/api/forms', () => {
  it('shows how a form would look that is still being written, and keeps nothing', async () => {
    const one = await list();
    const draft = { name: 'Draft', listIds: [one.id], settings: { title: 'Join <us>', chooseLists: true } };
    const { html } = await post('/api/forms/preview', draft);
    expect(html).toContain('Join &#60;us&#62;');
    expect(html).toContain(one.name);
    expect((await test.call('GET', '/api/forms?search=Draft')).body.items).toEqual([]);
  });

  it('makes, shows, changes and deletes forms', async () => {
    const one = await list();
    const two = await list();
    const settings = { title: 'Join <us>', fields: [{ name: 'firstName', label: 'First name' }], chooseLists: true };
    const made = await form([one.id, two.id], settings);
    expect(made).toMatchObject({ listIds: [one.id, two.id], settings });
    expect(made.url).toMatch(/^http:\/\/localhost:3000\/f\/[\w-]{22}$/);
    expect(made.embedHtml).toContain(`action="${made.url}"`);
    expect(made.embedHtml).toContain('name="firstName"');
    expect((await test.call('GET', `/api/forms/${made.id}`)).body).toEqual(made);
    expect((await test.call('GET', '/api/forms?search=Form')).body.items[0].id).toBe(made.id);
    const changed = await test.call('PATCH', `/api/forms/${made.id}`, {
      name: 'New',
      settings: { title: null, button: 'Go' },
    });
    expect(changed.body).toMatchObject({ name: 'New', settings: { button: 'Go', chooseLists: true } });
    expect(changed.body.settings.title).toBeUndefined();
    expect((await test.stranger('GET', `/api/forms/${made.id}`)).status).toBe(404);
    expect((await test.call('DELETE', `/api/forms/${made.id}`)).status).toBe(204);
    expect((await test.inject({ url: pathOf(made) })).statusCode).toBe(404);
  });

  it('refuses what would not work or show too much', async () => {
    const secret = await list({ visibility: 'private', name: 'Whales' });
    const open = await list();
    const theirs = (await test.stranger('POST', '/api/lists', { name: 'Theirs' })).body;
    for (const [listIds, settings] of [
      [[], {}],
      [[theirs.id], {}],
      [[secret.id], { chooseLists: true }],
      [[open.id], { redirectUrl: 'javascript:alert(1)' }],
      [[open.id], { redirectUrl: 'nowhere' }],
      [[open.id], { fields: [{ name: 'email', label: 'x' }] }],
      [[open.id], { fields: [{ name: 'a b', label: 'x' }] }],
      [[open.id], { language: '"><script>' }],
    ] as const)
      expect((await test.call('POST', '/api/forms', { name: 'x', listIds, settings })).status).toBe(422);
  });
});

describe('/f/:publicId', () => {
  it('shows a page that loads nothing and may lead only where the form says', async () => {
    const { id } = await list();
    const one = await form([id], {
      redirectUrl: 'https://thanks.example/page?x=1',
      consentText: 'I <agree>',
      language: 'de',
    });
    const page = await test.inject({ url: pathOf(one) });
    expect(page.statusCode).toBe(200);
    expect(page.headers['content-security-policy']).toContain(`form-action 'self' https://thanks.example;`);
    expect(page.headers['set-cookie']).toBeUndefined();
    expect(page.body).toContain('<html lang="de">');
    expect(page.body).toContain('I &#60;agree&#62;');
    expect(page.body).not.toContain('<script');
    for (const path of ['/f/x', `${pathOf(one)}x`, '/f/%00'])
      expect((await test.inject({ url: path })).statusCode).toBe(404);
    const done = await fill(one, { email: 'redirect@x.test', consent: 'yes', begun: await begun(one) });
    expect(done).toMatchObject({ statusCode: 303, headers: { location: 'https://thanks.example/page?x=1' } });
  });

  it('subscribes to a list with single opt-in, with the words on record', async () => {
    const one = await list();
    const two = await list();
    const f = await form([one.id, two.id], {
      chooseLists: true,
      consentText: 'Send me mail',
      fields: [
        { name: 'firstName', label: 'First name' },
        { name: 'city', label: 'City' },
      ],
    });
    const fields: Array<[string, string]> = [
      ['email', 'Single@x.test'],
      ['firstName', 'Ada'],
      ['city', 'Paris'],
      ['list', two.id],
      ['consent', 'yes'],
    ];
    expect((await fill(f, [...fields, ['begun', await begun(f)]])).body).toContain('Thank you');
    const person = await contact('single@x.test');
    expect(person).toMatchObject({
      firstName: 'Ada',
      attributes: { city: 'Paris' },
      lists: [{ id: two.id, status: 'subscribed' }],
    });
    const [record] = (await test.call('GET', `/api/contacts/${person.id}/consent`)).body.items;
    expect(record).toMatchObject({
      action: 'subscribed',
      method: 'form',
      source: `form ${f.id}`,
      text: `${f.name}\n[x] ${two.name}\n[x] Send me mail`,
      ip: '127.0.0.0',
    });
  });

  it('does not let somebody else overwrite what is known of a person', async () => {
    const { id } = await list();
    const f = await form([id], {
      fields: [
        { name: 'firstName', label: 'First name' },
        { name: 'city', label: 'City' },
      ],
    });
    await post('/api/contacts', { email: 'known@x.test', firstName: 'Ada', attributes: { city: 'Paris' } });
    await fill(f, { email: 'known@x.test', firstName: 'Eve', city: 'Rome', begun: await begun(f) });
    expect(await contact('known@x.test')).toMatchObject({ firstName: 'Ada', attributes: { city: 'Paris' } });
  });

  it('asks by mail for a list with double opt-in, and of who had unsubscribed for any', async () => {
    const double = await list({ optIn: 'double' });
    const single = await list();
    const f = await form([double.id, single.id]);
    await fill(f, { email: 'both@x.test', begun: await begun(f) });
    expect((await contact('both@x.test')).lists).toMatchObject([{ status: 'unconfirmed' }, { status: 'subscribed' }]);
    expect(await requests('both@x.test')).toMatchObject([{ list_ids: [double.id], method: 'form' }]);

    const left = await post('/api/contacts', { email: 'left@x.test', listIds: [single.id] });
    await test.call('DELETE', `/api/lists/${single.id}/contacts/${left.id}`);
    await fill(await form([single.id]), { email: 'left@x.test', begun: await begun(f) });
    const own = await form([single.id]);
    await fill(own, { email: 'left@x.test', begun: await begun(own) });
    expect((await contact('left@x.test')).lists).toMatchObject([{ status: 'unsubscribed' }]);
    expect(await requests('left@x.test')).toMatchObject([{ list_ids: [single.id] }]);
  });

  it('tells everybody the same, known, subscribed, suppressed or none of these', async () => {
    const { id } = await list({ optIn: 'double' });
    const f = await form([id]);
    await post('/api/contacts', { email: 'old@same.test' });
    await post('/api/suppressions', { email: 'spam@same.test', reason: 'complaint' });
    await post('/api/suppressions', { domain: 'gone.same.test' });
    await post('/api/suppressions', { email: 'self@same.test', reason: 'unsubscribed' });
    const answers = new Set<string>();
    for (const name of [
      'new@same.test',
      'old@same.test',
      'spam@same.test',
      'a@gone.same.test',
      'self@same.test',
      'new@same.test',
    ])
      answers.add(strip(await fill(f, { email: name, begun: await begun(f) })));
    expect(answers.size).toBe(1);
    expect(await contact('spam@same.test')).toBeNull();
    expect(await contact('a@gone.same.test')).toBeNull();
    expect(await requests('self@same.test')).toHaveLength(1);
    expect(await requests('new@same.test')).toHaveLength(1);
  });

  it('says what is wrong at the top and at the input, and keeps what was filled in', async () => {
    const { id } = await list();
    const f = await form([id], {
      fields: [{ name: 'firstName', label: 'First name', required: true }],
      consentText: 'Yes',
      chooseLists: true,
    });
    const page = await fill(f, { email: 'x"><b>', begun: await begun(f) });
    expect(page.statusCode).toBe(422);
    expect(page.body).toContain('role="alert"');
    for (const field of ['email', 'firstName', 'list', 'consent']) {
      expect(page.body).toContain(`href="#in-${field}"`);
      expect(page.body).toContain(`id="in-${field}"`);
      expect(page.body).toContain(`id="wrong-${field}"`);
    }
    expect(page.body).toContain('value="x&#34;&#62;&#60;b&#62;"');
    const chosen = await fill(f, {
      email: 'a@b.test',
      list: '018f0000-0000-7000-8000-000000000000',
      consent: 'yes',
      firstName: 'A',
    });
    expect(chosen.statusCode).toBe(422);
  });

  it('lets no program through: not by the trap, not too fast, not by an old page or one of another form', async () => {
    const { id } = await list();
    const f = await form([id]);
    const other = await form([id]);
    expect((await fill(f, { email: 'bot@x.test', website: 'http://spam', begun: await begun(f) })).body).toContain(
      'Thank you',
    );
    for (const stamp of [await begun(f, 0), await begun(other), await begun(f, 25 * 3_600_000), 'x'])
      expect((await fill(f, { email: 'bot@x.test', begun: stamp })).body).toContain('One more step');
    expect(await contact('bot@x.test')).toBeNull();
  });

  it('works from a page of somebody else: at once where people are asked by mail, else with our page in between', async () => {
    const double = await list({ optIn: 'double' });
    const f = await form([double.id]);
    expect((await fill(f, { email: 'embed@x.test' })).body).toContain('Thank you');
    expect(await requests('embed@x.test')).toHaveLength(1);
    const single = await form([(await list()).id]);
    const between = await fill(single, { email: 'embed2@x.test' });
    expect(between.body).toContain('One more step');
    expect(between.body).toContain('value="embed2@x.test"');
    expect(await contact('embed2@x.test')).toBeNull();
  });

  it('takes bodies of 64 KB and no more, and nothing but forms', async () => {
    const { id } = await list();
    const f = await form([id]);
    expect((await fill(f, { email: 'big@x.test', more: 'x'.repeat(70_000) })).statusCode).toBe(413);
    const json = await test.inject({
      method: 'POST',
      url: pathOf(f),
      headers: { 'content-type': 'application/json' },
      payload: '{"email":"a@b.test"}',
    });
    expect(json.statusCode).toBe(422);
  });

  it('is slowed down for one address and for one network, known or not', async () => {
    const limited = await openTestApp({ rateLimits: true });
    try {
      const { id } = (await limited.call('POST', '/api/lists', { name: 'L', optIn: 'double' })).body;
      const f = (await limited.call('POST', '/api/forms', { name: 'F', listIds: [id] })).body;
      for (let i = 0; i < 5; i++) expect((await fill(f, { email: 'same@x.test' }, limited)).statusCode).toBe(200);
      const sixth = await fill(f, { email: 'SAME@x.test' }, limited);
      expect(sixth.statusCode).toBe(429);
      expect(Number(sixth.headers['retry-after'])).toBeGreaterThan(0);
      for (let i = 0; i < 54; i++) await fill(f, { email: `other${i}@x.test` }, limited);
      expect((await fill(f, { email: 'last@x.test' }, limited)).statusCode).toBe(429);
    } finally {
      await limited.close();
    }
  });
});

function strip({ statusCode, body }: { statusCode: number; body: string }): string {
  return `${statusCode} ${body.replace(/name="begun" value="[^"]*"/, '')}`;
}
