import fc from 'fast-check';
import PostalMime from 'postal-mime';
import { describe, expect, test } from 'vitest';
import { formatMailbox, parseMailbox } from './mailbox.ts';

describe('a mailbox as people write it', () => {
  test.each([
    ['ada@example.com', undefined, 'ada@example.com'],
    ['<ada@example.com>', undefined, 'ada@example.com'],
    ['Ada Lovelace <ada@Example.com>', 'Ada Lovelace', 'ada@example.com'],
    ['"Lovelace, Ada \\"A.\\"" <ada@example.com>', 'Lovelace, Ada "A."', 'ada@example.com'],
    ['Ada (work), Ltd. <ada@example.com>', 'Ada (work), Ltd.', 'ada@example.com'],
    ['a@b.com <ada@example.com>', 'a@b.com', 'ada@example.com'],
    ['李小龙 <bruce@例子.广告>', '李小龙', 'bruce@xn--fsqu00a.xn--4rr70v'],
  ])('%s', (input, name, address) => {
    expect(parseMailbox(input)).toEqual({ ok: true, mailbox: name === undefined ? { address } : { name, address } });
  });

  test.each([
    ['Ada <ada@example.com', 'not closed'],
    ['"Ada <ada@example.com>', 'quote'],
    ['Ada "A <ada@example.com>', 'quote'],
    ['Ada\r\nBcc: x <ada@example.com>', 'control'],
    ['Ada <>', 'empty'],
    ['a@b.com, c@d.com', 'space'],
    ['Ada <a@b.com> <c@d.com>x', 'not closed'],
    ['Ada <a@b.com> <c@d.com', 'not closed'],
  ])('refuses %j', (input, reason) => {
    const parsed = parseMailbox(input);
    expect(parsed.ok ? 'accepted' : parsed.reason).toContain(reason);
  });
});

describe('a mailbox in a header', () => {
  test.each([
    ['Ada Lovelace', 'Ada Lovelace <a@b.co>'],
    ['Lovelace, Ada', '"Lovelace, Ada" <a@b.co>'],
    ['J. "Jo" \\ Smith', '"J. \\"Jo\\" \\\\ Smith" <a@b.co>'],
    ['Jürgen', '=?UTF-8?Q?J=C3=BCrgen?= <a@b.co>'],
    ['  \r\n ', 'a@b.co'],
    ['Ada\r\nBcc: x@y.z', '"Ada Bcc: x@y.z" <a@b.co>'],
    ['=?utf-8?Q?x?=', '=?UTF-8?B?PT91dGYtOD9RP3g/PQ==?= <a@b.co>'],
  ])('%j', (name, expected) => {
    expect(formatMailbox({ name, address: 'a@b.co' }, 4, 'to')).toBe(expected);
  });

  test('an independent reader sees one mailbox with that name, on lines of at most 78', async () => {
    const unit = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.constantFrom('"', '\\', ',', '<', '>', ';', ':', '(', '\r\n', '@'),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(unit, { maxLength: 8 }), async (units) => {
        const name = units.join('');
        const line = `To: ${formatMailbox({ name, address: 'a@b.co' }, 4, 'to')}`;
        for (const part of line.split('\r\n')) expect(part).toMatch(/^[\x20-\x7e]{1,78}$/);
        const parsed = await PostalMime.parse(`${line}\r\n\r\n`);
        const expected = name
          .replace(/(?:[^\P{Cc}\u0080-\u009f])+/gu, ' ')
          .replace(/^ +| +$/g, '')
          .replace(/\p{Cs}/gu, '\ufffd');
        expect(parsed.to).toEqual([{ name: expected, address: 'a@b.co' }]);
      }),
      { numRuns: 300 },
    );
  });
});
