import { describe, expect, it } from 'vitest';
import { FakeDns } from '../../test/helpers/fake-dns.ts';
import { withMechanisms } from '../domain/spf-record.ts';
import { readSpf } from './spf-walk.ts';

const dns = new FakeDns({
  'acme.test': { txt: ['google-site-verification=x', 'v=spf1 ip4:192.0.2.0/24 mx include:_spf.one.test -all'] },
  '_spf.one.test': { txt: ['v=spf1 ip6:2001:db8::/32 include:_spf.two.test ?all'] },
  '_spf.two.test': { txt: ['v=spf1 a:out.two.test/30 ~all'] },
  'out.two.test': { a: ['198.51.100.4'] },
  'mail.acme.test': { a: ['203.0.113.9'] },
});
dns.set('acme.test', { ...dns.records.get('acme.test'), mx: ['mail.acme.test'] });

describe('an SPF record', () => {
  it('is followed through its includes, with every question counted', async () => {
    const report = await readSpf(dns, 'acme.test');
    expect(report).toMatchObject({ records: 1, lookups: 4, faults: [], all: '-', isPartial: false });
    expect([...(report?.includes ?? [])]).toEqual(['_spf.one.test', '_spf.two.test']);
    const covered = ['192.0.2.77', '203.0.113.9', '2001:db8::1', '198.51.100.6'];
    expect(covered.map((address) => report?.covers(address))).toEqual([true, true, true, true]);
    expect(['192.0.3.1', '198.51.100.9', '::1'].map((address) => report?.covers(address))).toEqual([
      false,
      false,
      false,
    ]);
  });

  it('that includes itself, or what has no record, ends and says so', async () => {
    const odd = new FakeDns({
      'a.test': { txt: ['v=spf1 include:b.test include:none.test nonsense:x ip4:300.1.1.1 all a'] },
      'b.test': { txt: ['v=spf1 include:a.test -all'] },
    });
    const report = await readSpf(odd, 'a.test');
    expect(report?.faults.join('; ')).toMatch(/nonsense.*"all" is never looked at: a.*none\.test.*300\.1\.1\.1/s);
  });

  it('is partly known when an include cannot be asked for, and not at all when it cannot itself', async () => {
    const away = new FakeDns({ 'a.test': { txt: ['v=spf1 include:b.test -all'] } });
    away.failing.add('b.test');
    expect(await readSpf(away, 'a.test')).toMatchObject({ isPartial: true, faults: [] });
    away.failing.add('a.test');
    expect(await readSpf(away, 'a.test')).toBeNull();
  });

  it('takes new mechanisms in front of its end', () => {
    expect(withMechanisms('v=spf1 mx -all', ['include:x.test'])).toBe('v=spf1 mx include:x.test -all');
    expect(withMechanisms('v=spf1 redirect=y.test', ['a'])).toBe('v=spf1 a redirect=y.test');
    expect(withMechanisms('v=spf1 mx', ['a', 'ip4:192.0.2.1'])).toBe('v=spf1 mx a ip4:192.0.2.1');
  });
});
