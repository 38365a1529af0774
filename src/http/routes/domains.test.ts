import { generateKeyPairSync } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openTestApp, type TestApp } from '../../../test/helpers/app.ts';
import { FakeDns } from '../../../test/helpers/fake-dns.ts';
import type { Domain, DomainFinding } from '../../contract/domains.ts';
import { checkDomain, checkDueDomains } from '../../core/domain-check.ts';
import { findSigner } from '../../core/signing-keys.ts';
import { insertWorkspace } from '../../db/workspaces.ts';

describe('sending domains', () => {
  let test: TestApp;
  let dns: FakeDns;

  beforeAll(async () => {
    test = await openTestApp();
  });
  afterAll(() => test.close());
  afterEach(async () => {
    await test.database.pool.query('delete from sending_domains');
    await test.database.pool.query('delete from sending_accounts');
  });

  const add = async (body: object = {}): Promise<Domain> => {
    dns = new FakeDns({
      'acme.test': { txt: ['v=spf1 mx ~all'], mx: ['mx.acme.test'] },
      '_dmarc.acme.test': { txt: ['v=DMARC1; p=none'] },
    });
    const made = await test.call('POST', '/api/domains', { domain: 'acme.test', ...body });
    expect(made.status).toBe(201);
    return made.body;
  };
  const publish = ({ keys }: Domain) => {
    for (const { record } of keys) dns.set(record.host, { txt: [record.value] });
  };
  const check = (domain: Domain, caller = test.caller) => checkDomain(test.core, caller, domain.id, dns);
  const told = (domain: Domain, name: string): DomainFinding | undefined =>
    domain.findings.find(({ check: one }) => one === name);
  const signs = async (name: string, workspaceId = test.caller.workspaceId) =>
    (await findSigner(test.core, { workspaceId, type: 'smtp' }, name)) !== null;

  it('answer the record to set, sign once it is seen, and never tell their keys', async () => {
    const made = await add();
    expect(made).toMatchObject({
      domain: 'acme.test',
      state: 'pending',
      keys: [{ algorithm: 'rsa', state: 'waiting' }],
    });
    expect(made.keys[0]?.record).toMatchObject({
      type: 'TXT',
      host: expect.stringMatching(/^pr\w{8}\._domainkey\.acme\.test$/),
    });
    expect(JSON.stringify(made)).not.toMatch(/PRIVATE|privateKey/);
    expect(told(await check(made), 'dkim')).toMatchObject({ state: 'missing', record: made.keys[0]?.record });
    expect(await signs('acme.test')).toBe(false);
    publish(made);
    const checked = await check(made);
    expect(checked).toMatchObject({ state: 'ready', keys: [{ state: 'active' }] });
    expect(checked.findings.filter(({ state }) => state !== 'ok')).toEqual([]);
    expect([await signs('acme.test'), await signs('news.acme.test'), await signs('other.test')]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('take international names, and refuse what is no domain, what is there already, and a stranger', async () => {
    const made = await test.call('POST', '/api/domains', { domain: ' BÜCHER.example. ' });
    expect(made.body.domain).toBe('xn--bcher-kva.example');
    for (const domain of ['acme', 'a b.test', '1.2.3.4', 'x@acme.test', 'http://acme.test'])
      expect(await test.call('POST', '/api/domains', { domain })).toMatchObject({
        status: 422,
        body: { code: 'VALIDATION' },
      });
    expect(await test.call('POST', '/api/domains', { domain: 'bücher.example' })).toMatchObject({
      status: 409,
      body: { code: 'NAME_TAKEN' },
    });
    expect((await test.stranger('GET', `/api/domains/${made.body.id}`)).status).toBe(404);
    expect((await test.as('editor')('POST', '/api/domains', { domain: 'x.test' })).status).toBe(403);
    expect((await test.call('GET', '/api/domains?search=kva')).body.items).toHaveLength(1);
    expect((await test.call('DELETE', `/api/domains/${made.body.id}`)).status).toBe(204);
  });

  it('rotate: the new key takes over when its record is seen, and the old one stays for a week', async () => {
    const made = await add();
    publish(made);
    const [old] = (await check(made)).keys;
    const rotated = (await test.call('POST', `/api/domains/${made.id}/rotate`, {})).body as Domain;
    expect(rotated.keys.map(({ state }) => state)).toEqual(['active', 'waiting']);
    expect(await check(made)).toMatchObject({ state: 'ready', keys: [{ state: 'active' }, { state: 'waiting' }] });
    expect((await test.call('POST', `/api/domains/${made.id}/rotate`, {})).body.code).toBe('DKIM_KEY_IN_USE');
    publish(rotated);
    const done = await check(made);
    expect(done.keys.map(({ state }) => state)).toEqual(['retired', 'active']);
    const days = (Date.parse(done.keys[0]?.removableAt ?? '') - Date.now()) / 86_400_000;
    expect(Math.round(days)).toBe(7);
    const removal = (id = '') => test.call('DELETE', `/api/domains/${made.id}/keys/${id}`);
    expect((await removal(done.keys[1]?.id)).body).toMatchObject({
      code: 'DKIM_KEY_IN_USE',
      detail: expect.stringMatching(/signs/),
    });
    expect((await removal(old?.id)).body).toMatchObject({
      code: 'DKIM_KEY_IN_USE',
      detail: expect.stringMatching(/under way/),
    });
    await test.database.pool.query(`update dkim_keys set removable_at = now() where id = $1`, [old?.id]);
    expect((await removal(old?.id)).status).toBe(204);
  });

  it('take keys of ones own, and a second one of Ed25519 that can go again', async () => {
    const pem = { type: 'pkcs8', format: 'pem' } as const;
    const privateKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export(pem).toString();
    const made = await add({ selector: 'Own-1', privateKey, ed25519: true });
    expect(made.keys.map(({ selector, algorithm }) => [selector === 'own-1', algorithm])).toEqual([
      [true, 'rsa'],
      [false, 'ed25519'],
    ]);
    const url = `/api/domains/${made.id}`;
    expect((await test.call('PATCH', url, { ed25519: false })).body.keys).toHaveLength(1);
    expect((await test.call('PATCH', url, { ed25519: true })).body.keys).toHaveLength(2);
    const bad = await test.call('POST', '/api/domains', {
      domain: 'b.test',
      privateKey: `-----BEGIN ${'x'.repeat(60)}`,
    });
    expect(bad).toMatchObject({ status: 422, body: { errors: [{ path: 'privateKey' }] } });
  });

  it('say what is wrong and what to paste, and never call wrong what could not be asked for', async () => {
    const made = await add();
    publish(made);
    await test.addAccount(587, { host: 'smtp.gmail.com', secure: 'starttls', name: 'Gmail' });
    await test.addAccount(25, { host: 'out.acme.test', preset: 'dedicated', name: 'Own' });
    dns.set('acme.test', { txt: ['v=spf1 mx ~all'] });
    dns.set('out.acme.test', { a: ['198.51.100.7'] });
    dns.set('198.51.100.7', { ptr: ['host-7.isp.test'] });
    dns.records.delete('_dmarc.acme.test');
    const faulty = await check(made);
    expect(faulty.state).toBe('faulty');
    expect(told(faulty, 'dmarc')).toMatchObject({
      state: 'missing',
      record: { host: '_dmarc.acme.test', value: 'v=DMARC1; p=none' },
    });
    expect(told(faulty, 'mx')).toMatchObject({ state: 'missing' });
    expect(told(faulty, 'ptr')).toMatchObject({
      state: 'wrong',
      found: 'host-7.isp.test',
      record: { type: 'PTR', value: 'out.acme.test' },
    });
    expect(told(faulty, 'tls')).toMatchObject({ state: 'wrong', isAdvice: true, subject: 'Own' });
    expect(told(faulty, 'spf-servers')).toMatchObject({
      state: 'wrong',
      isAdvice: true,
      record: { value: 'v=spf1 mx include:_spf.google.com a:out.acme.test ~all' },
    });
    dns.failing.add('*');
    const unknown = await check(made);
    expect(unknown).toMatchObject({ state: 'ready', keys: [{ state: 'active' }] });
    expect(new Set(unknown.findings.filter(({ check: one }) => one !== 'tls').map(({ state }) => state))).toEqual(
      new Set(['unknown']),
    );
  });

  it.each<[string, string[], RegExp]>([
    ['two records', ['v=spf1 mx -all', 'v=spf1 a -all'], /2 SPF records/],
    [
      'more than ten questions',
      [`v=spf1 ${Array.from({ length: 11 }, (_, i) => `a:h${i}.test`).join(' ')} -all`],
      /takes 11 questions/,
    ],
    ['terms that are none', ['v=spf1 mx ipv4:192.0.2.1 -all'], /cannot read it/],
    ['an end that lets everybody in', ['v=spf1 mx +all'], /lets everybody send/],
  ])('refuse an SPF record with %s', async (_, txt, words) => {
    const made = await add();
    dns.set('acme.test', { txt, mx: ['mx.acme.test'] });
    expect(told(await check(made), 'spf')).toMatchObject({ state: 'wrong', help: expect.stringMatching(words) });
  });

  it('say whether a return path elsewhere counts for DMARC', async () => {
    const made = await add();
    const aligned = async (returnPathDomain: string) => {
      await test.database.pool.query('update workspaces set settings = $1 where id = $2', [
        { returnPathDomain },
        test.caller.workspaceId,
      ]);
      return told(await check(made), 'alignment');
    };
    expect(await aligned('bounces.acme.test')).toMatchObject({ state: 'ok' });
    expect(await aligned('bounces.other.test')).toMatchObject({ state: 'wrong', isAdvice: true });
    dns.set('_dmarc.acme.test', { txt: ['v=DMARC1; p=none; aspf=s'] });
    expect(await aligned('bounces.acme.test')).toMatchObject({ state: 'wrong', help: expect.stringMatching(/strict/) });
    await test.database.pool.query(`update workspaces set settings = '{}'`);
  });

  it('belong to one workspace at a time: the next gets them when the record of the first is gone for sure', async () => {
    const first = await add();
    publish(first);
    expect((await check(first)).state).toBe('ready');
    const { id: workspaceId } = await insertWorkspace(test.core.db.sql, 'Rival');
    const rival = { ...test.caller, workspaceId };
    const { createDomain } = await import('../../core/domains.ts');
    const second = await createDomain(test.core, rival, { domain: 'acme.test' });
    publish(second);
    expect(told(await check(second, rival), 'ownership')).toMatchObject({ state: 'wrong' });
    expect([await signs('acme.test'), await signs('acme.test', workspaceId)]).toEqual([true, false]);
    const host = first.keys[0]?.record.host ?? '';
    dns.records.delete(host);
    dns.failing.add(host);
    expect(told(await check(second, rival), 'ownership')).toMatchObject({ state: 'wrong' });
    dns.failing.clear();
    expect((await check(second, rival)).state).toBe('ready');
    expect([await signs('acme.test'), await signs('acme.test', workspaceId)]).toEqual([false, true]);
    expect((await check(first)).state).toBe('pending');
  });

  it('are looked at by themselves, each by one process at a time', async () => {
    const made = await add();
    publish(made);
    const rounds = await Promise.all([checkDueDomains(test.core, dns), checkDueDomains(test.core, dns)]);
    expect(rounds.reduce((sum, found) => sum + found, 0)).toBe(1);
    expect((await test.call('GET', `/api/domains/${made.id}`)).body.state).toBe('ready');
    expect(await checkDueDomains(test.core, dns)).toBe(0);
  });
});
