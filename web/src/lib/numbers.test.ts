import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countText, rateText, sharesOf, sizeText } from './numbers.ts';

const KEYS = ['sent', 'failed', 'pending'] as const;
const shares = (sent: number, failed: number, pending: number) => sharesOf(KEYS, { sent, failed, pending }, 'en-US');

describe('numbers on screen', () => {
  it('are separated as the locale does it', () => {
    expect(countText(1_234_567, 'en-US')).toBe('1,234,567');
    expect(countText(1_234_567, 'de-DE')).toBe('1.234.567');
  });

  it('name the unit of a rate that keeps it readable', () => {
    expect(rateText(8412.4, 'en-US')).toBe('8,412 /s');
    expect(rateText(2.5, 'en-US')).toBe('2.5 /s');
    expect(rateText(1 / 3, 'en-US')).toBe('1.2 k/h');
    expect(rateText(0.1, 'en-US')).toBe('360 /h');
    expect(rateText(0, 'en-US')).toBe('0 /s');
  });

  it('name sizes', () => {
    expect([512, 4096, 999_949, 999_950, 2_345_678].map((bytes) => sizeText(bytes, 'en-US'))).toEqual([
      '512 B',
      '4.1 KB',
      '999.9 KB',
      '1.0 MB',
      '2.3 MB',
    ]);
  });
});

describe('shares of a whole', () => {
  it('add up to the whole where each rounded alone would not', () => {
    expect(shares(1, 1, 1).map((share) => share.permille)).toEqual([334, 333, 333]);
    expect(shares(1, 1, 1).map((share) => share.text)).toEqual(['33.4 %', '33.3 %', '33.3 %']);
  });

  it('never hide what is there, and never claim all of what is not', () => {
    expect(shares(999_993, 7, 0).map((share) => share.text)).toEqual(['>99.9 %', '<0.1 %', '0 %']);
    expect(shares(5, 0, 0).map((share) => share.text)).toEqual(['100 %', '0 %', '0 %']);
    expect(shares(0, 0, 0).map((share) => share.text)).toEqual(['0 %', '0 %', '0 %']);
  });

  it('add up to exactly 1000 and are off by less than one, for any counts', () => {
    const count = fc.oneof(fc.nat(10), fc.nat(50_000_000));
    fc.assert(
      fc.property(count, count, count, (sent, failed, pending) => {
        const total = sent + failed + pending;
        const found = shares(sent, failed, pending);
        expect(found.reduce((sum, share) => sum + share.permille, 0)).toBe(total === 0 ? 0 : 1000);
        for (const share of found)
          expect(Math.abs(share.permille - (total === 0 ? 0 : (share.count / total) * 1000))).toBeLessThan(1);
      }),
    );
  });
});
