import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestApp, type TestApp } from '../../../test/helpers/app.ts';

const NO_LINK_SETTINGS = { utm: null, keepClientDetails: null, trackingDomain: null, trackingDomainCheckedAt: null };

let test: TestApp;
beforeAll(async () => {
  test = await openTestApp();
  await test.addAccount(25);
});
afterAll(() => test.close());
const make = async (body: object = { name: 'Letter', subject: 'Hi {{name}}', htmlContent: '<p>One</p>' }) =>
  (await test.call('POST', '/api/templates', body)).body;

describe('templates', () => {
  it('keep every version they ever had', async () => {
    const made = await make();
    expect(made).toMatchObject({ version: 1, htmlContent: '<p>One</p>', mjml: null });
    const url = `/api/templates/${made.id}`;
    expect((await test.call('PATCH', url, { subject: 'Second' })).body).toMatchObject({
      version: 2,
      subject: 'Second',
      htmlContent: '<p>One</p>',
    });
    expect((await test.call('PATCH', url, { mjml: '<mjml><mj-body></mj-body></mjml>' })).body).toMatchObject({
      version: 3,
      htmlContent: null,
      preparedHtml: expect.any(String),
      mjml: expect.any(String),
    });
    expect((await test.call('PATCH', url, { name: 'Renamed' })).body).toMatchObject({ version: 3, name: 'Renamed' });
    expect((await test.call('PATCH', url, { htmlContent: '<p>Four</p>', textContent: 'Four' })).body).toMatchObject({
      version: 4,
      mjml: null,
      textContent: 'Four',
    });
    expect((await test.call('PATCH', url, { textContent: null })).body).toMatchObject({
      version: 5,
      textContent: null,
      htmlContent: '<p>Four</p>',
    });
    expect((await test.call('GET', `${url}?version=1`)).body).toMatchObject({ version: 1, subject: 'Hi {{name}}' });
    expect((await test.call('GET', `${url}?version=9`)).status).toBe(404);
    expect((await test.call('GET', '/api/templates?search=renam')).body.items).toMatchObject([
      { id: made.id, version: 5 },
    ]);
  });

  it('make one version after the other when changed at once', async () => {
    const { id } = await make();
    const changes = await Promise.all(
      Array.from({ length: 5 }, (_, i) => test.call('PATCH', `/api/templates/${id}`, { subject: `S${i}` })),
    );
    expect(changes.map((change) => change.body.version).sort()).toEqual([2, 3, 4, 5, 6]);
  });

  it('can be deleted while campaigns go on with the version they were made with', async () => {
    const { id } = await make();
    const { campaignId } = (
      await test.call('POST', '/api/campaigns/send', { templateId: id, audience: [{ email: 'a@b.test' }] })
    ).body;
    await test.call('PATCH', `/api/templates/${id}`, { subject: 'Later' });
    expect((await test.call('DELETE', `/api/templates/${id}`)).status).toBe(204);
    expect((await test.call('GET', `/api/templates/${id}`)).status).toBe(404);
    expect((await test.call('GET', `/api/campaigns/${campaignId}`)).body).toMatchObject({
      subject: 'Hi {{name}}',
      htmlContent: '<p>One</p>',
    });
  });

  it.each<[object, string, RegExp]>([
    [{ name: 'x', subject: 'x' }, 'VALIDATION', /needs htmlContent, mjml, design or textContent/],
    [{ name: 'x', subject: 'x\r\ny', textContent: 'x' }, 'VALIDATION', /one line/],
    [{ name: 'x', subject: 'x', htmlContent: 'a\n{% endif %}' }, 'TEMPLATE_SYNTAX', /htmlContent, line 2, column 1/],
    [{ name: 'x', subject: 'x', mjml: '<mjml>' }, 'TEMPLATE_SYNTAX', /mjml, line 1/],
  ])('refuse %j', async (body, code, message) => {
    const answer = await test.call('POST', '/api/templates', body);
    expect(answer).toMatchObject({ status: 422, body: { code, detail: expect.stringMatching(message) } });
    const { id } = await make();
    const { name: _, ...change } = body as { name: string };
    expect((await test.call('PATCH', `/api/templates/${id}`, { htmlContent: null, ...change })).status).toBe(422);
    expect((await test.call('GET', `/api/templates/${id}`)).body.version).toBe(1);
  });

  it('belong to their workspace', async () => {
    const { id } = await make();
    for (const method of ['GET', 'PATCH', 'DELETE'] as const)
      expect((await test.stranger(method, `/api/templates/${id}`, method === 'PATCH' ? {} : undefined)).status).toBe(
        404,
      );
    expect((await test.stranger('GET', '/api/templates')).body.items).toEqual([]);
    expect((await test.stranger('POST', '/api/campaigns', { templateId: id })).status).toBe(404);
  });
});

describe('settings', () => {
  it('are the defaults of the workspace, changed one by one', async () => {
    expect((await test.call('GET', '/api/settings')).body).toEqual({
      name: 'Test',
      from: null,
      retry: null,
      tracking: null,
      ...NO_LINK_SETTINGS,
      timezone: null,
      quietHours: null,
      domainLimits: null,
      rateLimits: null,
      workerLimits: null,
      rateLimitBuffer: null,
      alerts: null,
      requireSecondFactor: null,
      auditDays: null,
      guard: null,
      returnPathDomain: null,
      softBounceDays: null,
      attachmentHosts: null,
    });
    const change = { name: 'Ours', from: 'Us <us@x.test>', timezone: 'Europe/Berlin', retry: { delaysSeconds: [60] } };
    expect((await test.call('PATCH', '/api/settings', change)).body).toEqual({
      ...change,
      requireSecondFactor: null,
      auditDays: null,
      tracking: null,
      ...NO_LINK_SETTINGS,
      quietHours: null,
      domainLimits: null,
      rateLimits: null,
      workerLimits: null,
      rateLimitBuffer: null,
      alerts: null,
      guard: null,
      returnPathDomain: null,
      softBounceDays: null,
      attachmentHosts: null,
    });
    expect((await test.call('PATCH', '/api/settings', { retry: null })).body).toMatchObject({
      name: 'Ours',
      retry: null,
      from: change.from,
    });
    expect((await test.stranger('GET', '/api/settings')).body).toMatchObject({ name: 'Other', from: null });
    const { body } = await test.call('POST', '/api/campaigns/send', {
      subject: 'x',
      textContent: 'x',
      audience: [{ email: 'a@b.test' }],
    });
    expect((await test.call('GET', `/api/campaigns/${body.campaignId}`)).body.from).toBe('Us <us@x.test>');
  });

  it.each<[object, string]>([
    [{ from: 'nobody' }, 'from'],
    [{ from: 'a@b.test\nBcc: c@d.test' }, 'from'],
    [{ timezone: 'Mars/Olympus' }, 'timezone'],
    [{ timezone: 'recipient' }, 'timezone'],
    [{ quietHours: { from: '21:00', to: '21:00' } }, 'quietHours/to'],
    [{ quietHours: { from: '21:00', to: '08:00', timezone: 'Mars/Olympus' } }, 'quietHours/timezone'],
    [{ retry: { delaysSeconds: [0] } }, 'retry/delaysSeconds/0'],
    [{ colour: 'red' }, 'colour'],
  ])('refuse %j', async (body, path) => {
    expect(await test.call('PATCH', '/api/settings', body)).toMatchObject({
      status: 422,
      body: { errors: [{ path }] },
    });
  });
});

describe('people', () => {
  it('are added with a password of their own or one made up, shown once', async () => {
    const made = await test.call('POST', '/api/users', { email: 'New@x.test', role: 'editor' });
    expect(made).toMatchObject({
      status: 201,
      body: { email: 'New@x.test', role: 'editor', generatedPassword: expect.stringMatching(/^[\w-]{20}$/) },
    });
    const login = { email: 'new@x.test', password: made.body.generatedPassword };
    expect((await test.inject({ method: 'POST', url: '/api/auth/login', payload: login })).statusCode).toBe(200);
    const own = await test.call('POST', '/api/users', {
      email: 'own@x.test',
      role: 'viewer',
      password: 'well long enough',
    });
    expect(own.body.generatedPassword).toBeUndefined();
    expect((await test.call('GET', '/api/users?search=own@')).body.items).toEqual([own.body]);
    expect((await test.call('GET', `/api/users/${own.body.id}`)).body).toEqual(own.body);
    expect((await test.stranger('GET', `/api/users/${own.body.id}`)).status).toBe(404);
    expect(await test.call('POST', '/api/users', { email: 'OWN@x.test', role: 'viewer' })).toMatchObject({
      status: 409,
      body: { code: 'NAME_TAKEN' },
    });
    for (const body of [
      { email: 'x', role: 'viewer' },
      { email: 'a@b.test', role: 'king' },
      { email: 'a@b.test', role: 'viewer', password: 'short' },
    ])
      expect((await test.call('POST', '/api/users', body)).status).toBe(422);
  });
});
