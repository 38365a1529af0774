import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestApp, type TestApp } from '../../test/helpers/app.ts';
import { openWorker } from '../../test/helpers/campaign.ts';

describe('what is open to all', () => {
  let test: TestApp;
  const webDir = fs.mkdtempSync(path.join(os.tmpdir(), 'postrider-web-'));
  beforeAll(async () => {
    fs.mkdirSync(path.join(webDir, 'assets'));
    fs.writeFileSync(path.join(webDir, 'index.html'), '<!doctype html><title>App</title>');
    fs.writeFileSync(path.join(webDir, 'favicon.svg'), '<svg/>');
    fs.writeFileSync(path.join(webDir, 'assets', 'app-abc123.js'), 'export {}');
    test = await openTestApp({ webDir });
  });
  afterAll(async () => {
    await test.close();
    fs.rmSync(webDir, { recursive: true });
  });
  const get = (url: string) => test.inject({ url });

  it('tells how it is: ok with a worker, degraded without', async () => {
    expect(await get('/health').then((r) => r.json())).toEqual({
      status: 'degraded',
      database: 'up',
      redis: 'disabled',
      queue: 'up',
      workers: 0,
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      uptimeSeconds: expect.any(Number),
    });
    const worker = openWorker(test);
    await worker.start();
    expect((await get('/health')).json()).toMatchObject({ status: 'ok', workers: 1 });
    await worker.stop(1000);
    expect((await get('/livez')).json()).toEqual({ status: 'ok' });
    expect((await get('/readyz')).json()).toEqual({ status: 'ok' });
  });

  it('describes every route as OpenAPI 3.1, with its errors', async () => {
    const document = (await get('/api/openapi.json')).json();
    expect(document.openapi).toBe('3.1.0');
    expect(document.components.schemas.Problem.required).toContain('requestId');
    for (const [url, methods] of Object.entries<
      Record<string, { summary?: string; tags?: string[]; responses: Record<string, unknown> }>
    >(document.paths)) {
      if (!url.startsWith('/api/')) continue;
      for (const [method, { summary, tags, responses }] of Object.entries(methods)) {
        expect(summary, `${method} ${url}`).toBeTruthy();
        expect(tags, `${method} ${url}`).toHaveLength(1);
        expect(
          Object.keys(responses).some((status) => /^[123]/.test(status)),
          `${method} ${url}`,
        ).toBe(true);
        expect(JSON.stringify(responses['4XX']), `${method} ${url}`).toContain('#/components/schemas/Problem');
      }
    }
    const page = await get('/api/docs/');
    expect(page.statusCode).toBe(200);
    expect((await get('/api/docs')).statusCode).toBeLessThan(400);
    expect(page.headers['content-security-policy']).not.toContain("script-src 'self' 'unsafe-inline'");
  });

  it('serves the dashboard: hashed files for good, pages by index.html, and no page for a file that is missing', async () => {
    const asset = await get('/assets/app-abc123.js');
    expect(asset).toMatchObject({
      statusCode: 200,
      headers: { 'cache-control': 'public, max-age=31536000, immutable' },
    });
    for (const url of ['/', '/campaigns/1', '/login']) {
      const page = await get(url);
      expect(page).toMatchObject({
        statusCode: 200,
        headers: { 'cache-control': 'no-cache', 'content-type': 'text/html; charset=utf-8' },
      });
      expect(page.body).toContain('<title>App</title>');
    }
    expect((await get('/favicon.svg')).headers['content-type']).toContain('image/svg');
    expect((await get('/assets/old-999.js')).statusCode).toBe(404);
    expect((await test.inject({ method: 'POST', url: '/campaigns' })).statusCode).toBe(404);
    for (const url of ['/..%2f..%2fetc%2fpasswd', '/%2e%2e/%2e%2e/etc/passwd'])
      expect((await get(url)).body).not.toContain('root:');
  });

  it('lets nobody frame it, run a script of theirs in it, or guess types', async () => {
    for (const url of ['/', '/api/openapi.json', '/health', '/u/test']) {
      const { headers } = await get(url);
      expect(headers['content-security-policy'], url).toContain(
        url === '/u/test' ? "default-src 'none';" : "script-src 'self';",
      );
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['referrer-policy']).toBe('no-referrer');
      expect(headers['strict-transport-security']).toBeUndefined();
    }
  });
});

it('says so when the dashboard is not built', async () => {
  const test = await openTestApp({ webDir: '/nowhere' });
  const page = await test.inject({ url: '/' });
  expect(page.body).toContain('npm run build');
  await test.close();
});
