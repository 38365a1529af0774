import { describe, expect, it } from 'vitest';
import { FakeDns } from '../../test/helpers/fake-dns.ts';
import { treeOf } from '../domain/dmarc-record.ts';
import { readDmarc } from './dmarc-walk.ts';

const at = (records: Record<string, string | string[]>) =>
  new FakeDns(
    Object.fromEntries(Object.entries(records).map(([name, txt]) => [`_dmarc.${name}`, { txt: [txt].flat() }])),
  );

describe('the DMARC policy for a domain (RFC 9989 section 4.10)', () => {
  it('is looked for from the domain up to the top, and never under more than eight names', () => {
    expect(treeOf('news.acme.test')).toEqual(['news.acme.test', 'acme.test', 'test']);
    expect(treeOf('a.b.c.d.e.f.g.h.i.j')).toHaveLength(8);
    expect(treeOf('a.b.c.d.e.f.g.h.i.j')[1]).toBe('d.e.f.g.h.i.j');
  });

  it('is that of the domain itself, else that of its organization: the highest name with a record', async () => {
    const both = at({ 'news.acme.test': 'v=DMARC1; p=none', 'acme.test': 'v=DMARC1; p=reject; sp=quarantine' });
    expect(await readDmarc(both, 'news.acme.test')).toMatchObject({ at: 'news.acme.test', organization: 'acme.test' });
    const above = await readDmarc(both, 'shop.acme.test');
    expect(above).toMatchObject({ at: 'acme.test', record: { policy: 'reject', subdomainPolicy: 'quarantine' } });
  });

  it('stops at psd=n, and takes the name below one with psd=y for the organization', async () => {
    const tree = at({
      'own.acme.test': 'v=DMARC1; p=none; psd=n',
      'acme.test': 'v=DMARC1; p=reject',
      'co.example': 'v=DMARC1; p=reject; psd=y',
    });
    expect(await readDmarc(tree, 'x.own.acme.test')).toMatchObject({ organization: 'own.acme.test' });
    expect(await readDmarc(tree, 'a.b.co.example')).toMatchObject({ organization: 'b.co.example', at: 'co.example' });
  });

  it('is none where there are several records, another version, or nothing', async () => {
    const odd = at({ 'two.test': ['v=DMARC1; p=none', 'v=DMARC1; p=reject'], 'old.test': 'v=DMARC2; p=none' });
    expect(await readDmarc(odd, 'two.test')).toMatchObject({ record: null, doubled: 'two.test' });
    expect(await readDmarc(odd, 'old.test')).toMatchObject({ record: null, doubled: null, organization: 'old.test' });
  });

  it('is not known when a name on the way cannot be asked for', async () => {
    const away = at({ 'acme.test': 'v=DMARC1; p=none' });
    away.failing.add('_dmarc.news.acme.test');
    expect(await readDmarc(away, 'news.acme.test')).toBeNull();
  });

  it('names the tags that RFC 9989 took away, and a policy that is none', async () => {
    const old = at({ 'a.test': 'v=DMARC1; p=none; pct=50; ri=3600', 'b.test': 'v=DMARC1; p=monitor' });
    expect((await readDmarc(old, 'a.test'))?.record?.obsolete).toEqual(['pct', 'ri']);
    expect((await readDmarc(old, 'b.test'))?.record?.policy).toBeNull();
  });
});
