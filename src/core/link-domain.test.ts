import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestApp, type TestApp } from '../../test/helpers/app.ts';
import { linkBaseOf } from './link-base.ts';
import { checkLinkDomain } from './link-domain.ts';

describe('the domain of links', () => {
  let test: TestApp;
  beforeAll(async () => {
    test = await openTestApp();
  });
  afterAll(() => test.close());

  const name = (trackingDomain: string | null) => test.call('PATCH', '/api/settings', { trackingDomain });
  const base = () => linkBaseOf(test.core, test.caller.workspaceId);
  const asked: string[] = [];
  /** As if DNS and proxy led here. */
  const ask = async (url: URL) => {
    asked.push(url.origin);
    return (await test.inject({ url: url.pathname, headers: { host: url.host } })).statusCode;
  };

  it('is used from the moment it was seen to lead here', async () => {
    expect((await name('Links.Acme.test')).body).toMatchObject({
      trackingDomain: 'links.acme.test',
      trackingDomainCheckedAt: null,
    });
    expect(await base()).toBe('http://localhost:3000');
    const checked = await checkLinkDomain(test.core, test.caller, ask);
    expect(checked.trackingDomainCheckedAt).not.toBeNull();
    expect(asked).toEqual(['https://links.acme.test', 'https://links.acme.test']);
    expect(await base()).toBe('https://links.acme.test');
    expect((await name('links.acme.test')).body.trackingDomainCheckedAt).not.toBeNull();
  });

  it('is not used any more when another one is named, or it leads elsewhere, or nowhere', async () => {
    const status = (own: number, forged: number) => async (url: URL) => (url.pathname.endsWith('x') ? forged : own);
    for (const other of [status(204, 204), status(404, 404), status(200, 200)]) {
      await checkLinkDomain(test.core, test.caller, ask);
      await expect(checkLinkDomain(test.core, test.caller, other)).rejects.toThrow(/not as this installation does/);
      expect(await base()).toBe('http://localhost:3000');
    }
    const away = () => Promise.reject(new Error('getaddrinfo ENOTFOUND'));
    await expect(checkLinkDomain(test.core, test.caller, away)).rejects.toThrow(
      /cannot be reached over https: getaddrinfo/,
    );
    await checkLinkDomain(test.core, test.caller, ask);
    await name('other.acme.test');
    expect(await base()).toBe('http://localhost:3000');
  });

  it('has to be a name, and cannot be set as checked', async () => {
    for (const wrong of ['https://links.acme.test', 'links', 'a b.test', '-a.test'])
      expect((await name(wrong)).status).toBe(422);
    expect((await test.call('PATCH', '/api/settings', { trackingDomainCheckedAt: 'x' })).status).toBe(422);
    await name(null);
    expect((await test.call('POST', '/api/settings/tracking-domain/check')).body).toMatchObject({ code: 'VALIDATION' });
  });
});
