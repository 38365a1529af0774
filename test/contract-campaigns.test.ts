import PostalMime from 'postal-mime';
import { expect, it } from 'vitest';
import { onBothBackends } from './helpers/contract-run.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const text = (letter: string) => ({ subject: letter, textContent: `${letter} {{firstName}}` });

const SETTINGS = {
  name: 'Spring',
  subject: 'Hello {{firstName}}',
  htmlContent: '<p>{{firstName}} of {{city}}<img src="cid:logo"></p>',
  textContent: '{{firstName}} of {{city}}',
  from: 'Ann <ann@sender.test>',
  replyTo: 'Desk <desk@sender.test>',
  headers: { 'X-Tag': 'spring' },
  batchSize: 5,
  batchDelayMs: 1,
  rateLimit: 360_000,
  concurrency: 2,
  priority: 7,
  retry: { delaysSeconds: [300, 900, 2700, 8100], maxAgeSeconds: 86_400 },
  tracking: { opens: false, clicks: false },
  onUnknown: 'hold',
};

const audience = [{ email: 'ada@example.test', firstName: 'Ada', city: 'London' }];
const attachments = [
  { filename: 'logo.png', contentType: 'image/png', contentBase64: base64('logo'), cid: 'logo' },
  { filename: 'terms.txt', contentType: 'text/plain', contentBase64: base64('terms') },
];

onBothBackends('campaigns', 'campaigns as the contract has them', (run) => {
  const send = (body: object, headers = {}) => run.call(202, 'POST', '/api/campaigns/send', body, headers);
  const campaign = (id: string, path = '') => `/api/campaigns/${id}${path}`;

  it('takes every setting of a send, sends by it, and answers the same key once', async () => {
    const accountIds = [run.account.id];
    const body = { ...SETTINGS, audience, attachments, accountIds };
    const key = { 'idempotency-key': 'spring' };
    const sent = await send(body, key);
    expect(sent).toEqual({
      jobId: `campaign-${sent.campaignId}`,
      campaignId: sent.campaignId,
      status: 'queued',
      message: 'Campaign queued successfully',
    });
    expect(await send(body, key)).toEqual(sent);
    await run.call(409, 'POST', '/api/campaigns/send', { ...body, name: 'Summer' }, key);
    expect(await run.call(200, 'GET', campaign(sent.campaignId))).toMatchObject({ ...SETTINGS, accountIds });
    expect(await run.until(sent.jobId, { state: 'completed' })).toMatchObject({
      exists: true,
      jobId: sent.jobId,
      campaignId: sent.campaignId,
      progress: 100,
      total: 1,
      result: { success: 1, failed: 0, excluded: 0, unknown: 0, errors: [] },
    });
    const copies = run.copiesTo('ada@example.test');
    expect(copies).toHaveLength(1);
    const mail = await PostalMime.parse(copies[0] ?? '');
    expect(mail).toMatchObject({
      subject: 'Hello Ada',
      from: { name: 'Ann', address: 'ann@sender.test' },
      replyTo: [{ name: 'Desk', address: 'desk@sender.test' }],
      text: expect.stringContaining('Ada of London'),
      html: expect.stringContaining('Ada of London'),
    });
    expect(mail.headers).toContainEqual(expect.objectContaining({ key: 'x-tag', value: 'spring' }));
    expect(mail.attachments).toEqual([
      expect.objectContaining({ filename: 'logo.png', mimeType: 'image/png', contentId: '<logo>' }),
      expect.objectContaining({ filename: 'terms.txt', mimeType: 'text/plain' }),
    ]);
  });

  it('sends MJML to lists and segments without those of others, and says which segment is not there', async () => {
    const listIds = [await run.listOf('In', 'in@example.test', 'out@example.test')];
    const excludeListIds = [await run.listOf('Out', 'out@example.test')];
    const mjml =
      '<mjml><mj-body><mj-section><mj-column><mj-text>By MJML</mj-text></mj-column></mj-section></mj-body></mjml>';
    const segmentOf = async (...emails: string[]): Promise<string> => {
      await run.listOf('Everybody', ...emails);
      const filter = { field: 'email', op: 'isOneOf', value: emails };
      return (await run.test.call('POST', '/api/segments', { name: emails.join(' '), filter })).body.id;
    };
    const segmentIds = [await segmentOf('in@example.test', 'member@example.test', 'not-me@example.test')];
    const excludeSegmentIds = [await segmentOf('not-me@example.test')];
    const audience = { listIds, segmentIds, excludeListIds, excludeSegmentIds };
    const { jobId, campaignId } = await send({ subject: 'Lists', mjml, audience });
    expect((await run.call(200, 'GET', campaign(campaignId))).audience).toMatchObject(audience);
    const { counts, total } = await run.until(jobId, { state: 'completed' });
    expect([counts.sent, total]).toEqual([2, 2]);
    const copies = ['in', 'member', 'out', 'not-me'].map((who) => run.copiesTo(`${who}@example.test`).length);
    expect(copies).toEqual([1, 1, 0, 0]);
    expect((await PostalMime.parse(run.copiesTo('in@example.test')[0] ?? '')).html).toContain('By MJML');
    const unknown = { segmentIds: [campaignId] };
    const { errors } = await run.call(422, 'POST', '/api/campaigns/send', { ...text('x'), audience: unknown });
    expect(errors).toEqual([
      { path: 'audience/segmentIds', message: `there is no segment ${campaignId} in this workspace` },
    ]);
  });

  it('waits for scheduledAt, by the clock of a zone or of each recipient, with the content of a template', async () => {
    const content = { name: 'Welcome', subject: 'Welcome', textContent: 'From a template' };
    const { id: templateId } = (await run.test.call('POST', '/api/templates', content)).body;
    const later = { templateId, audience: [{ email: 'bob@example.test' }], scheduledAt: '2099-01-01T09:00:00' };
    for (const [timezone, scheduledAt] of [
      ['Europe/Berlin', '2099-01-01T08:00:00.000Z'],
      ['recipient', '2099-01-01T09:00:00.000Z'],
    ]) {
      const { jobId, campaignId } = await send({ ...later, timezone });
      const detail = await run.call(200, 'GET', campaign(campaignId));
      expect(detail).toMatchObject({ timezone, scheduledAt, textContent: content.textContent, state: 'delayed' });
      await run.until(jobId, { state: 'delayed', waitingFor: expect.stringContaining('2099'), total: 0, progress: 0 });
    }
  });

  it('accounts for everybody, one item a recipient, whatever became of them', async () => {
    const emails = ['sent', 'later', 'never', 'lost'].map((who) => `${who}@ledger.test`);
    const audience = [...emails, 'sent@ledger.test', 'nobody'].map((email) => ({ email, firstName: 'Eve' }));
    const { jobId, campaignId } = await send({ ...text('Ledger'), audience });
    const counts = { sent: 1, deferred: 1, failed: 1, unknown: 1, excluded: 2, pending: 0, sending: 0, cancelled: 0 };
    const waitingFor = expect.stringContaining('next attempt');
    const status = await run.until(jobId, { state: 'active', counts, total: 6, waitingFor });
    expect(status.progress).toBeCloseTo(83.3, 0);
    const ledger = campaign(campaignId, '/recipients');
    const { items } = await run.call(200, 'GET', ledger);
    const by = { attempts: 1, accountId: run.account.id, messageId: expect.stringMatching(/@sender\.test$/) };
    const time = expect.stringMatching(/Z$/);
    const row = {
      response: null,
      code: null,
      class: null,
      reason: null,
      sentAs: null,
      variant: null,
      sentAt: null,
      nextAttemptAt: null,
      events: [],
    };
    expect(items).toEqual([
      { ...row, ...by, seq: 1, email: emails[0], state: 'sent', code: 250, response: expect.any(String), sentAt: time },
      expect.objectContaining({ ...by, seq: 2, state: 'deferred', code: 451, nextAttemptAt: time }),
      expect.objectContaining({ ...by, seq: 3, state: 'failed', code: 550, class: 'policy-refused', sentAt: null }),
      expect.objectContaining({ ...by, seq: 4, state: 'unknown', code: null, response: expect.any(String) }),
      {
        ...row,
        seq: 5,
        email: emails[0],
        state: 'excluded',
        reason: 'duplicate',
        attempts: 0,
        accountId: null,
        messageId: null,
      },
      {
        ...row,
        seq: 6,
        email: 'nobody',
        state: 'excluded',
        reason: 'invalid',
        attempts: 0,
        accountId: null,
        messageId: null,
      },
    ]);
    for (const [filter, found] of [
      ['state=failed', [3]],
      [`email=${emails[1]}`, [2]],
      ['code=451', [2]],
    ] as const) {
      const page = await run.call(200, 'GET', `${ledger}?${filter}`);
      expect(
        page.items.map(({ seq }: { seq: number }) => seq),
        filter,
      ).toEqual(found);
    }
    const { nextCursor } = await run.call(200, 'GET', `${ledger}?limit=4`);
    expect((await run.call(200, 'GET', `${ledger}?limit=4&cursor=${nextCursor}`)).items).toEqual(items.slice(4));
    const lines = (await run.call(200, 'GET', `${ledger}?format=csv`)).trim().split('\r\n');
    expect(lines[0]).toBe(
      'seq,email,state,attempts,accountId,messageId,response,code,class,reason,sentAt,nextAttemptAt,events,sentAs,variant',
    );
    expect(lines.slice(1).map((line: string) => line.split(',').slice(0, 3))).toEqual(
      items.map(({ seq, email, state }: Record<string, unknown>) => [String(seq), email, state]),
    );

    run.refuses = false;
    expect(await run.call(202, 'POST', campaign(campaignId, '/retry-failed'))).toMatchObject({ retried: 1 });
    await run.until(jobId, { counts: { sent: 2, failed: 0 } });
    run.refuses = true;
    expect(await run.call(202, 'POST', campaign(campaignId, '/cancel'))).toMatchObject({ jobId, state: 'cancelled' });
    const { result } = await run.until(jobId, { state: 'cancelled', counts: { sent: 2, cancelled: 1, deferred: 0 } });
    expect(result).toEqual({ success: 2, failed: 0, excluded: 2, unknown: 1, errors: [] });
    expect((await run.call(200, 'GET', `${ledger}?state=cancelled`)).items).toMatchObject([{ seq: 2 }]);
  });

  it('tells of each that failed what its server said, and with onUnknown "resend" tries a lost one again', async () => {
    const failed = await send({ ...text('Failed'), audience: [{ email: 'never@example.test' }] });
    const { result } = await run.until(failed.jobId, { state: 'completed' });
    const error = { email: 'never@example.test', code: 550, class: 'policy-refused', message: expect.any(String) };
    expect(result).toEqual({ success: 0, failed: 1, excluded: 0, unknown: 0, errors: [error] });
    expect(result?.errors[0]?.message).toContain('Not today');
    const { jobs } = await run.call(200, 'GET', '/api/campaigns/jobs?status=completed&end=0');
    expect(jobs).toMatchObject([{ jobId: failed.jobId, result }]);
    const body = { ...text('Again'), audience: [{ email: 'lost@example.test' }], onUnknown: 'resend' };
    const lost = await send(body);
    await run.until(lost.jobId, { counts: { deferred: 1, unknown: 0 } });
    const { items } = await run.call(200, 'GET', campaign(lost.campaignId, '/recipients'));
    expect(items).toMatchObject([{ class: 'reply-lost', nextAttemptAt: expect.any(String) }]);
  });

  it('says what a campaign waits for, how long, and what its account has used', async () => {
    const tight = await run.test.addAccount(run.sink.port, { name: 'Tight', limitPerHour: 1, limitPerDay: 50 });
    const audience = [{ email: 'first@tight.test' }, { email: 'second@tight.test' }];
    const { jobId, campaignId } = await send({ ...text('Tight'), name: 'Tight', audience, accountIds: [tight.id] });
    const counts = { sent: 1, pending: 1 };
    const held = { counts, etaSeconds: expect.any(Number), waitingFor: expect.stringMatching(/hour.*Tight/) };
    expect(await run.until(jobId, held)).toMatchObject({ state: 'active', progress: 50, total: 2 });
    const performance = () => run.call(200, 'GET', '/api/campaigns/performance');
    const campaigns = expect.arrayContaining([
      { campaignId, name: 'Tight', progress: 50, rate: expect.any(Number), etaSeconds: expect.any(Number) },
    ]);
    const used = { usedHour: 1, limitHour: 1, usedDay: 1, limitDay: 50 };
    const accounts = expect.arrayContaining([{ accountId: tight.id, name: 'Tight', state: 'active', ...used }]);
    await expect
      .poll(performance, { timeout: 20_000, interval: 200 })
      .toMatchObject({ activeWorkers: 1, campaigns, accounts });
    const forecast = await run.call(200, 'POST', campaign(campaignId, '/forecast'));
    expect(forecast).toMatchObject({ recipients: 2, remaining: 1, boundBy: [{ accountId: tight.id, name: 'Tight' }] });
    expect(forecast.accounts).toMatchObject([{ accountId: tight.id, messages: 1, share: 1 }]);

    expect(await run.call(202, 'POST', campaign(campaignId, '/pause'))).toEqual({ campaignId, jobId, state: 'paused' });
    await run.until(jobId, { state: 'paused', counts });
    expect(await run.call(202, 'POST', campaign(campaignId, '/resume'))).toMatchObject({ state: 'active' });
    await run.until(jobId, { state: 'active', counts });
    const paths = await run.call(200, 'GET', campaign(campaignId, '/recipients?state=pending'));
    expect(paths.items).toMatchObject([{ state: 'pending', attempts: 0 }]);
  });

  it('keeps drafts, sends a test of one, launches and deletes them', async () => {
    const { id } = await run.call(201, 'POST', '/api/campaigns', { ...text('Draft'), name: 'Draft one' });
    const audience = [{ email: 'launch@example.test', firstName: 'Lea' }];
    expect(await run.call(200, 'PATCH', campaign(id), { name: 'Draft 2', audience })).toMatchObject({
      name: 'Draft 2',
    });
    expect(await run.call(200, 'POST', campaign(id, '/test'), { to: ['me@test.test'] })).toEqual({
      results: [{ email: 'me@test.test', sent: true, response: expect.stringMatching(/^250 /) }],
    });
    expect(run.copiesTo('me@test.test')).toHaveLength(1);
    const { items, total } = await run.call(200, 'GET', '/api/campaigns?search=draft');
    expect([items, total]).toMatchObject([[{ id, state: 'draft' }], 1]);
    const first = await run.call(200, 'GET', '/api/campaigns?limit=1');
    const next = await run.call(200, 'GET', `/api/campaigns?limit=1&cursor=${first.nextCursor}`);
    expect(next.items[0].id).not.toBe(first.items[0].id);
    const { jobId } = await run.call(202, 'POST', campaign(id, '/launch'));
    await run.until(jobId, { state: 'completed', counts: { sent: 1 } });
    await run.call(204, 'DELETE', campaign(id));
    await run.call(404, 'GET', campaign(id));
    expect(await run.call(404, 'GET', `/api/campaigns/status/${jobId}`)).toEqual({ exists: false, jobId });
  });

  it('lists jobs by state and position, and cleaning up takes nothing from the ledger', async () => {
    const jobs = async (query: string) => run.call(200, 'GET', `/api/campaigns/jobs${query}`);
    const all = await jobs('');
    expect(all).toMatchObject({ status: null, count: all.jobs.length });
    const done = await jobs('?status=completed&start=0&end=0');
    expect(done).toMatchObject({ status: 'completed', count: 1 });
    expect(done.jobs).toMatchObject([{ state: 'completed', progress: 100, finishedAt: expect.any(String) }]);
    expect(done.jobs[0].result).toMatchObject({ success: 0, failed: 1, excluded: 0, unknown: 0 });
    expect((await jobs('?status=delayed')).jobs).toMatchObject([{ result: null, finishedAt: null }, {}]);
    expect((await jobs('?status=failed')).jobs).toEqual([]);
    const { rate: _, ...before } = await run.until(done.jobs[0].jobId, {});
    expect((await run.call(200, 'DELETE', '/api/campaigns/jobs/cleanup')).removed).toBeGreaterThan(0);
    expect(await run.until(done.jobs[0].jobId, {})).toMatchObject(before);
  });

  it('shows a campaign that nobody has begun as waiting', async () => {
    const control = (action: string) => run.call(200, 'POST', '/api/queue/admin', { action, queue: 'campaigns' });
    await control('pause');
    const { jobId } = await send({ ...text('Waiting'), audience: [{ email: 'wait@example.test' }] });
    await run.until(jobId, { state: 'waiting', progress: 0, total: 0 });
    await control('resume');
    await run.until(jobId, { state: 'completed' });
  });
});
