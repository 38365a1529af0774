import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withSpan } from '../src/lib/trace.ts';
import { openTestApp, type TestApp } from './helpers/app.ts';
import { LETTER, people, TestWorkers, untilState } from './helpers/campaign.ts';
import { SmtpSink } from './helpers/smtp-sink.ts';
import { SpanRecorder } from './helpers/span-recorder.ts';

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const CALLER_SPAN = '00f067aa0ba902b7';

describe('spans', () => {
  let test: TestApp;
  const workers = new TestWorkers();
  let recorder: SpanRecorder;

  beforeEach(async () => {
    recorder = new SpanRecorder();
    test = await openTestApp();
  });
  afterEach(async () => {
    recorder.stop();
    await workers.stop();
    await test.close();
  });

  it('belong to the trace that a request names, with route and status, and so does what the request begins', async () => {
    recorder.start();
    test.app.get('/probe', () => withSpan('inner', {}, async () => 'done'));
    await test.inject({
      method: 'GET',
      url: '/probe?email=ann@example.test',
      headers: { traceparent: `00-${TRACE_ID}-${CALLER_SPAN}-01` },
    });
    await expect.poll(() => recorder.named('GET /probe')[0]?.isEnded).toBe(true);
    const [request] = recorder.named('GET /probe');
    expect(request).toMatchObject({
      traceId: TRACE_ID,
      parentId: CALLER_SPAN,
      attributes: { 'http.route': '/probe', 'http.response.status_code': 200, 'url.path': '/probe' },
      isError: false,
    });
    expect(recorder.named('inner')).toMatchObject([{ traceId: TRACE_ID, parentId: request?.id, isEnded: true }]);
  });

  it('are made for the jobs, the expansion and the batches of a campaign, and for no message', async () => {
    recorder.start();
    const sink = await new SmtpSink({}).listen();
    const account = await test.addAccount(sink.port);
    await workers.start(test);
    const { body } = await test.call('POST', '/api/campaigns/send', { ...LETTER, audience: people(1200) });
    await untilState(test, body.campaignId, 'completed');
    await workers.stop();
    await sink.close();
    expect(recorder.named('POST /api/campaigns/send')).toMatchObject([
      { attributes: { 'http.response.status_code': 202 } },
    ]);
    expect(recorder.named('expansion')[0]?.attributes).toEqual({ campaign: body.campaignId });
    const batches = recorder.named('batch');
    expect(batches.reduce((rows, span) => rows + Number(span.attributes.rows), 0)).toBeGreaterThanOrEqual(1200);
    expect(batches[0]?.attributes).toMatchObject({ send: expect.any(String), batch_no: 1, account: [account.id] });
    expect(recorder.spans.filter((span) => span.name.startsWith('job ')).length).toBeGreaterThan(0);
    expect(recorder.spans.every((span) => span.isEnded)).toBe(true);
    expect(recorder.spans.length).toBeLessThan(200);
  });

  it('say that their work failed', async () => {
    recorder.start();
    await expect(withSpan('doomed', {}, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(recorder.named('doomed')).toMatchObject([{ isError: true, isEnded: true }]);
  });

  it('are nothing where no SDK is loaded', async () => {
    expect(await withSpan('unseen', {}, async () => 7)).toBe(7);
    expect(recorder.spans).toEqual([]);
  });
});
