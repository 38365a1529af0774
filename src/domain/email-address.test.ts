import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addressNeedsSmtpUtf8, parseEmailAddress } from './email-address.ts';

const longLabel = 'a'.repeat(63);

describe('an address that can be delivered to', () => {
  test.each([
    ['ada@example.com', 'ada@example.com', 'ada@example.com'],
    ['  Ada.Lovelace+news@Example.COM\r\n', 'Ada.Lovelace+news@example.com', 'ada.lovelace+news@example.com'],
    ["o'brien!#$%&*/=?^_`{|}~-@x.io", "o'brien!#$%&*/=?^_`{|}~-@x.io", "o'brien!#$%&*/=?^_`{|}~-@x.io"],
    ['root@localhost', 'root@localhost', 'root@localhost'],
    ['a@münchen.de', 'a@xn--mnchen-3ya.de', 'a@xn--mnchen-3ya.de'],
    ['a@例え。テスト', 'a@xn--r8jz45g.xn--zckzah', 'a@xn--r8jz45g.xn--zckzah'],
    ['a@ＥＸＡＭＰＬＥ.com', 'a@example.com', 'a@example.com'],
    ['Jürgen.A@example.com', 'Jürgen.A@example.com', 'jürgen.a@example.com'],
    ['用户@例子.广告', '用户@xn--fsqu00a.xn--4rr70v', '用户@xn--fsqu00a.xn--4rr70v'],
    [`${'a'.repeat(64)}@${longLabel}.com`, `${'a'.repeat(64)}@${longLabel}.com`, `${'a'.repeat(64)}@${longLabel}.com`],
  ])('%s', (input, address, key) => {
    expect(parseEmailAddress(input)).toEqual({
      ok: true,
      address,
      key,
      domain: address.slice(address.indexOf('@') + 1),
    });
  });
});

describe('an address that is refused says why', () => {
  test.each([
    ['', 'empty'],
    ['ada', 'no @'],
    ['@example.com', 'before the @'],
    ['ada@', 'after the @'],
    ['a b@example.com', 'space'],
    ['ada@exam ple.com', 'space'],
    ['ada\r\nBcc: x@example.com', 'control'],
    ['ada\u0000@example.com', 'control'],
    ['ada@example.com\r\nRCPT TO:<x@y.z', 'control'],
    ['ada\u202e@example.com', 'control'],
    ['<ada@example.com>', 'not allowed'],
    ['"ada"@example.com', 'not allowed'],
    ['"a@b.com"@example.com', 'not allowed'],
    ['a@b@example.com', 'not allowed'],
    ['a..b@example.com', 'dot'],
    ['.a@example.com', 'dot'],
    ['a.@example.com', 'dot'],
    ['ada@[127.0.0.1]', 'not a domain'],
    ['ada@127.0.0.1', 'number'],
    ['ada@example..com', 'not a domain'],
    ['ada@example.com.', 'not a domain'],
    ['ada@-example.com', 'not a domain'],
    ['ada@exa_mple.com', 'not a domain'],
    ['ada@ex%41mplé.com', 'not a domain'],
    [`ada@${'a'.repeat(64)}.com`, 'not a domain'],
    [`${'a'.repeat(65)}@example.com`, '64 octets'],
    [`${'ü'.repeat(33)}@example.com`, '64 octets'],
    [`a@${`${longLabel}.`.repeat(4)}com`, '254 octets'],
    ['a'.repeat(300), '254 octets'],
    ['a\ud800@example.com', 'not allowed'],
    ['a\u00a0b@example.com', 'space'],
    ['ada,bob@example.com', 'not allowed'],
  ])('%j', (input, reason) => {
    const parsed = parseEmailAddress(input);
    expect(parsed.ok).toBe(false);
    expect(parsed.ok ? '' : parsed.reason).toContain(reason);
  });
});

test('whatever passes can stand bare in an SMTP command and in a header, and passes again as itself', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.constantFrom('.', '@', ' ', '<', '>', '\r\n', 'é', 'ａ'),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 5 }), (pieces) => {
      const parsed = parseEmailAddress(pieces.join(''));
      if (!parsed.ok) return;
      expect(parsed.address).not.toMatch(/[\p{Cc}\s<>",;:\\()[\]]/u);
      expect(parsed.address.split('@')).toHaveLength(2);
      expect(Buffer.byteLength(parsed.address)).toBeLessThanOrEqual(254);
      expect(parseEmailAddress(parsed.address)).toEqual(parsed);
    }),
    { numRuns: 300 },
  );
});

test('only a local part beyond ASCII needs SMTPUTF8', () => {
  expect(addressNeedsSmtpUtf8('ada@example.com')).toBe(false);
  expect(addressNeedsSmtpUtf8('adä@example.com')).toBe(true);
});
