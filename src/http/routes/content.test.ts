import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestApp, type TestApp } from '../../../test/helpers/app.ts';

const DESIGN = {
  version: 1,
  preheader: '',
  background: '#f4f4f4',
  surface: '#ffffff',
  text: '#111111',
  link: '#0055aa',
  font: 'sans',
  blocks: [
    { id: 'a', type: 'text', markdown: 'Hello **{{ firstName }}** of {{ city | default: "here" }}', align: 'left' },
  ],
};

describe('content before it is sent', () => {
  let test: TestApp;
  beforeAll(async () => {
    test = await openTestApp();
    await test.addAccount(25);
    await test.call('POST', '/api/contacts', { email: 'ada@example.com', firstName: 'Ada' });
    await test.call('POST', '/api/contacts', { email: 'nobody@example.com' });
  });
  afterAll(() => test.close());
  const preview = (body: object) => test.call('POST', '/api/content/preview', body);

  it('is shown as a contact would read it', async () => {
    const { body: found } = await test.call('GET', '/api/contacts?search=ada');
    const { status, body } = await preview({
      subject: 'Hi {{firstName}}',
      design: DESIGN,
      contactId: found.items[0].id,
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      contact: { email: 'ada@example.com' },
      subject: 'Hi Ada',
      fields: [
        { name: 'firstName', isMissing: false },
        { name: 'city', isMissing: true },
      ],
    });
    expect(body.html).toContain('Hello <strong>Ada</strong> of here');
    expect(body.text).toContain('Hello Ada of here');
    expect(body.size).toBeGreaterThan(1000);
  });

  it('is shown for the newest contact, for given data, and before there is anything', async () => {
    expect((await preview({ textContent: 'Dear {{ email }}' })).body).toMatchObject({
      contact: { email: 'nobody@example.com' },
      subject: '',
      text: expect.stringContaining('Dear nobody@example.com'),
    });
    expect((await preview({ textContent: '{{ x }}', data: { x: 'y' } })).body).toMatchObject({
      contact: null,
      text: expect.stringContaining('y'),
    });
    expect((await preview({})).status).toBe(200);
  });

  it('is refused with the place of the mistake', async () => {
    const { status, body } = await preview({ subject: 'x', htmlContent: '<p>{% if %}</p>' });
    expect(status).toBe(422);
    expect(body.detail).toContain('line 1');
    expect(
      (await preview({ subject: 'x', textContent: 'x', contactId: '01900000-0000-7000-8000-000000000000' })).status,
    ).toBe(404);
  });

  it('keeps what the block editor made, in drafts and in templates with all their versions', async () => {
    const { body: draft } = await test.call('POST', '/api/campaigns', { subject: 'One', design: DESIGN });
    expect(draft).toMatchObject({ design: DESIGN, htmlContent: null });
    expect(draft.mjml).toContain('<mjml>');
    const { body: renamed } = await test.call('PATCH', `/api/campaigns/${draft.id}`, { subject: 'Two' });
    expect(renamed).toMatchObject({ subject: 'Two', design: DESIGN });
    const { body: html } = await test.call('PATCH', `/api/campaigns/${draft.id}`, { htmlContent: '<p>x</p>' });
    expect(html).toMatchObject({ design: null, mjml: null, htmlContent: '<p>x</p>' });
    expect(
      await test.call('POST', '/api/campaigns', { subject: 'x', mjml: '<mjml></mjml>', design: DESIGN }),
    ).toMatchObject({ status: 422 });

    const { body: template } = await test.call('POST', '/api/templates', { name: 'T', subject: 'One', design: DESIGN });
    await test.call('PATCH', `/api/templates/${template.id}`, { subject: 'Two' });
    expect((await test.call('GET', `/api/templates/${template.id}`)).body).toMatchObject({
      version: 2,
      design: DESIGN,
    });
    const { body: versions } = await test.call('GET', `/api/templates/${template.id}/versions`);
    expect(versions.items).toMatchObject([
      { version: 2, subject: 'Two' },
      { version: 1, subject: 'One' },
    ]);
  });

  it('lets a draft be without again what it had', async () => {
    const { body: draft } = await test.call('POST', '/api/campaigns', {
      subject: 'x',
      textContent: 'x',
      from: 'A <a@b.test>',
      rateLimit: 10,
      scheduledAt: '2040-01-01T10:00',
      timezone: 'recipient',
      audience: [{ email: 'a@b.test' }],
    });
    const cleared = { from: null, rateLimit: null, scheduledAt: null, timezone: null, audience: null };
    const { status, body } = await test.call('PATCH', `/api/campaigns/${draft.id}`, cleared);
    expect(status).toBe(200);
    expect(body).toMatchObject(cleared);
    expect(await test.call('PATCH', `/api/campaigns/${draft.id}`, { subject: null })).toMatchObject({ status: 422 });
  });

  it('is checked: what is missing, what is broken, and who lacks a merge field', async () => {
    const { body: empty } = await test.call('POST', '/api/campaigns', { name: 'Empty' });
    expect((await test.call('POST', `/api/campaigns/${empty.id}/check`)).body).toMatchObject({
      isReady: false,
      findings: expect.arrayContaining([expect.objectContaining({ about: 'subject', level: 'obstacle' })]),
    });
    const { body: list } = await test.call('POST', '/api/lists', { name: 'All' });
    await test.call('POST', `/api/lists/${list.id}/contacts`, { emails: ['ada@example.com', 'nobody@example.com'] });
    const { body: draft } = await test.call('POST', '/api/campaigns', {
      subject: 'Hi {{firstName}}',
      htmlContent:
        '<p>{{ city | default: "x" }} <a href="www.a.test">a</a> <a href="http://10.0.0.1/">b</a> <img src="https://a.invalid/x.png"></p>',
      from: 'A <a@gmail.com>',
      audience: { listIds: [list.id] },
    });
    const { body } = await test.call('POST', `/api/campaigns/${draft.id}/check`);
    expect(body).toMatchObject({ isReady: true, members: 2, recipients: 2 });
    const by = Object.fromEntries(body.findings.map((each: { about: string }) => [each.about, each]));
    expect(by.unsubscribe.level).toBe('trouble');
    expect(by['from-domain'].level).toBe('trouble');
    expect(by.images.level).toBe('notice');
    expect(by.fields.details).toEqual(['firstName: missing for 1 of 2']);
    expect(by.links.details).toEqual(
      expect.arrayContaining([
        expect.stringContaining('www.a.test: it is not a whole address'),
        expect.stringContaining('10.0.0.1'),
      ]),
    );
  });
});
