import { describe, expect, it } from 'vitest';
import { readHeaders } from './read-headers.ts';

const read = (text: string) => readHeaders(Buffer.from(text));

describe('the headers that the list of messages shows', () => {
  it('are unfolded and decoded, whatever their case', () => {
    const headers = read(
      'FROM: =?utf-8?B?Wm/Dqw==?= <zoe@a.test>\r\nsubject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\n =?utf-8?Q?_an_alle?=\r\nTo: a@b.test\r\nMessage-ID: <1@a.test>\r\n\r\nBody',
    );
    expect(headers).toEqual({
      fromText: 'Zoë <zoe@a.test>',
      subject: 'Grüße an alle',
      toText: 'a@b.test',
      messageId: '<1@a.test>',
    });
  });

  it('are null when the message does not have them, also when the body looks like them', () => {
    expect(read('X-Other: 1\r\n\r\nSubject: not a header\r\n')).toEqual({
      fromText: null,
      subject: null,
      toText: null,
      messageId: null,
    });
  });

  it('hold nothing that PostgreSQL refuses, and are cut', () => {
    const { subject } = read(`Subject: a\0b ${'x'.repeat(5000)}\r\n\r\n`);
    expect(subject).toMatch(/^a b x+$/);
    expect(subject).toHaveLength(1000);
  });

  it('are found once: the first counts', () => {
    expect(read('Subject: first\r\nSubject: second\r\n\r\n').subject).toBe('first');
  });
});
