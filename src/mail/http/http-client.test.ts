import http from 'node:http';
import https from 'node:https';
import net, { type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { SINK_CERTIFICATE, SINK_KEY } from '../../../test/helpers/smtp-sink-certificate.ts';
import { HttpClient } from './http-client.ts';
import { HttpFailure } from './http-failure.ts';

const TIMEOUTS = { connectMs: 5_000, answerMs: 5_000 };
const CALL = { method: 'POST', path: '/x', content: () => ({ headers: { 'x-key': '1' }, body: 'hello' }) } as const;

const closers: Array<() => void> = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function listen(server: net.Server | http.Server | https.Server): Promise<string> {
  const sockets = new Set<net.Socket>();
  server.on('connection', (socket: net.Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function clientOf(address: string, timeouts = TIMEOUTS): HttpClient {
  const client = new HttpClient(new URL(address), timeouts);
  closers.push(() => client.destroy());
  return client;
}

async function failureOf(promise: Promise<unknown>): Promise<HttpFailure> {
  const error: unknown = await promise.catch((failure: unknown) => failure);
  expect(error).toBeInstanceOf(HttpFailure);
  return error as HttpFailure;
}

describe('a request', () => {
  it('keeps its connection for the next one, and follows no redirect', async () => {
    const ports = new Set<number | undefined>();
    const address = await listen(
      http.createServer((request, response) => {
        ports.add(request.socket.remotePort);
        response.writeHead(302, { location: 'http://example.com/' }).end('moved');
      }),
    );
    const client = clientOf(`http://${address}/base/`);
    for (let i = 0; i < 3; i++) expect(await client.exchange(CALL)).toMatchObject({ status: 302, body: 'moved' });
    expect(ports.size).toBe(1);
  });

  it('is asked for its content when the connection stands, and leaves nothing when there is none', async () => {
    const seen: string[] = [];
    const address = await listen(
      http.createServer((request, response) => {
        seen.push(request.url ?? '');
        response.end('{}');
      }),
    );
    const client = clientOf(`http://${address}`);
    expect(await client.exchange({ ...CALL, content: () => null })).toBeNull();
    await client.exchange(CALL);
    expect(seen).toEqual(['/x']);
  });

  it('certainly did not arrive when its content could not be made, or cannot be sent', async () => {
    const address = await listen(http.createServer((_, response) => void response.end('{}')));
    const client = clientOf(`http://${address}`);
    const fail = () => {
      throw new Error('no content');
    };
    expect(await failureOf(client.exchange({ ...CALL, content: fail }))).toMatchObject({ mayHaveArrived: false });
    const headers = { 'x-key': 'a\r\nb: c' };
    const injected = client.exchange({ ...CALL, content: () => ({ headers, body: '' }) });
    expect(await failureOf(injected)).toMatchObject({ mayHaveArrived: false });
  });

  it('certainly did not arrive over TLS that was not agreed on', async () => {
    const address = await listen(https.createServer({ key: SINK_KEY, cert: SINK_CERTIFICATE }));
    const untrusted = await failureOf(clientOf(`https://${address}`).exchange(CALL));
    expect(untrusted).toMatchObject({ mayHaveArrived: false, replyClass: { name: 'certificate-rejected' } });
    const plain = await listen(net.createServer((socket) => void socket.end('220 hello\r\n')));
    expect(await failureOf(clientOf(`https://${plain}`).exchange(CALL))).toMatchObject({ mayHaveArrived: false });
    const mute = await listen(net.createServer(() => {}));
    const slow = clientOf(`https://${mute}`, { connectMs: 100, answerMs: 5_000 });
    expect(await failureOf(slow.exchange(CALL))).toMatchObject({
      mayHaveArrived: false,
      replyClass: { name: 'connection-timed-out' },
    });
  });

  it('may have arrived when it was written and there is no answer', async () => {
    const mute = await listen(net.createServer((socket) => void socket.resume()));
    const client = clientOf(`http://${mute}`, { connectMs: 5_000, answerMs: 100 });
    expect(await failureOf(client.exchange(CALL))).toMatchObject({ mayHaveArrived: true });
    const rude = await listen(net.createServer((socket) => void socket.once('data', () => socket.end())));
    expect(await failureOf(clientOf(`http://${rude}`).exchange(CALL))).toMatchObject({ mayHaveArrived: true });
  });

  it('is given up when the answer does not end', async () => {
    const endless = await listen(
      http.createServer((_, response) => {
        const more = () => {
          while (!response.destroyed && response.write('x'.repeat(65_536)));
          if (!response.destroyed) response.once('drain', more);
        };
        more();
      }),
    );
    const failure = await failureOf(clientOf(`http://${endless}`).exchange(CALL));
    expect(failure).toMatchObject({ mayHaveArrived: true, message: 'the answer is too long' });
  });
});
