import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { guardedRequest, isPrivateAddress } from './guarded-request.ts';

const seen: string[] = [];
const server = http.createServer((request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => {
    body += chunk.toString();
  });
  request.on('end', () => {
    seen.push(`${request.headers['x-mark']} ${body}`);
    if (request.url === '/elsewhere') response.writeHead(302, { location: '/' }).end();
    else if (request.url !== '/silent') response.writeHead(202).end('thanks');
  });
});
let port: number;

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const post = async (url: string, allowPrivate: boolean, timeoutMs = 5000) =>
  guardedRequest({ url: new URL(url), headers: { 'x-mark': 'a' }, body: 'what happened', allowPrivate, timeoutMs });

it('delivers body and headers, and answers the status', async () => {
  expect(await post(`http://127.0.0.1:${port}/`, true)).toBe(202);
  expect(seen).toEqual(['a what happened']);
});

it('does not follow a redirect', async () => {
  expect(await post(`http://127.0.0.1:${port}/elsewhere`, true)).toBe(302);
});

it('refuses private addresses, written out, by name or in disguise', async () => {
  for (const host of ['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]', '2130706433', '0x7f.1'])
    await expect(post(`http://${host}:${port}/`, false)).rejects.toThrow(/private network/);
});

it('gives up on who says nothing', async () => {
  await expect(post(`http://127.0.0.1:${port}/silent`, true, 200)).rejects.toThrow('no answer within 0.2 s');
});

it('tells private addresses from public ones', () => {
  for (const address of [
    '10.1.2.3',
    '172.31.0.1',
    '169.254.169.254',
    '100.100.0.1',
    'fd00::1',
    'fe80::1',
    '::ffff:10.0.0.1',
    '64:ff9b::a00:1',
    'no address',
  ])
    expect([address, isPrivateAddress(address)]).toEqual([address, true]);
  for (const address of ['8.8.8.8', '172.32.0.1', '2606:4700::1111'])
    expect([address, isPrivateAddress(address)]).toEqual([address, false]);
});
