import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Transport } from '../../src/mail/transport.ts';
import { resendTransport } from '../../src/mail/transports/resend.ts';
import { testMessage } from './test-message.ts';

interface Scripted {
  readonly status: number;
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
}

const TAKEN: Scripted = { status: 200, body: { data: [{ id: 'id-1' }] } };
const problem = (status: number, name: string): Scripted => ({
  status,
  body: { statusCode: status, name, message: name },
});

describe('Resend', () => {
  let answers: Scripted[];
  let seen: Array<{ key: string; body: string }>;
  let server: http.Server;
  let transport: Transport;

  beforeEach(async () => {
    answers = [];
    seen = [];
    server = http.createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      request.on('end', () => {
        seen.push({ key: String(request.headers['idempotency-key']), body });
        const { status, body: said, headers } = answers.shift() ?? TAKEN;
        response.writeHead(status, headers).end(JSON.stringify(said));
      });
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const baseUrl = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    transport = resendTransport({ apiKey: 're_x', baseUrl, maxRequests: 1, repeatForMs: 5_000, minIntervalMs: 0 });
  });
  afterEach(async () => {
    await transport.close(0);
    server.closeAllConnections();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  });

  it('is asked again with the same key and the same body, until it tells what became of the first', async () => {
    answers.push(problem(500, 'application_error'), problem(409, 'concurrent_idempotent_requests'), TAKEN);
    expect(await transport.send(testMessage('a@b.test'))).toMatchObject({ kind: 'accepted', remoteId: 'id-1' });
    expect(seen).toHaveLength(3);
    expect(new Set(seen.map(({ key }) => key)).size).toBe(1);
    expect(new Set(seen.map(({ body }) => body)).size).toBe(1);
  });

  it('leaves in doubt what another request took the key for, and asks no more', async () => {
    answers.push(problem(502, 'application_error'), problem(409, 'invalid_idempotent_request'));
    expect(await transport.send(testMessage('a@b.test'))).toMatchObject({ kind: 'unknown' });
    expect(seen).toHaveLength(2);
  });

  it('leaves in doubt what was lost before the key was revoked', async () => {
    answers.push(problem(500, 'application_error'), problem(403, 'invalid_api_key'));
    expect(await transport.send(testMessage('a@b.test'))).toMatchObject({ kind: 'unknown' });
    expect(seen).toHaveLength(2);
  });

  it('believes a refusal of the same body after a lost answer', async () => {
    answers.push(problem(500, 'application_error'), problem(422, 'invalid_attachment'));
    expect(await transport.send(testMessage('a@b.test'))).toMatchObject({
      kind: 'refused',
      class: { name: 'content-forbidden' },
    });
  });

  it('gets another key for another attempt, other messages and other content', async () => {
    const message = testMessage('a@b.test');
    for (const one of [
      message,
      { ...message, attempt: 2 },
      testMessage('b@b.test'),
      testMessage('a@b.test', 'attached'),
    ])
      await transport.send(one);
    expect(new Set(seen.map(({ key }) => key)).size).toBe(4);
    for (const { key } of seen) expect(key).toMatch(/^[\w-]{1,256}$/);
  });

  it('sends the messages of a request one by one when the whole of it was refused for one of them', async () => {
    answers.push(problem(422, 'validation_error'), problem(422, 'validation_error'), TAKEN);
    const outcomes = await Promise.all(['a@b.test', 'b@b.test'].map((to) => transport.send(testMessage(to))));
    expect(outcomes.map(({ kind }) => kind)).toEqual(['refused', 'accepted']);
    expect(seen.map(({ body }) => (JSON.parse(body) as unknown[]).length)).toEqual([2, 1, 1]);
  });

  it('is left alone for as long as its rate headers say', async () => {
    answers.push({ ...TAKEN, headers: { 'ratelimit-remaining': '0', 'ratelimit-reset': '30' } });
    expect((await transport.send(testMessage('a@b.test'))).kind).toBe('accepted');
    expect(await transport.send(testMessage('b@b.test'))).toMatchObject({
      kind: 'not-handed-over',
      class: { name: 'account-rate' },
    });
    expect(seen).toHaveLength(1);
  });
});
