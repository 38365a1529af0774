import { describe, expect, test } from 'vitest';
import { SOURCE, VARS } from './compile.fixtures.ts';
import { compileMessage } from './compile.ts';
import type { Attachment, MessageSource, MessageVariables } from './message.ts';
import { MessageError, TemplateError } from './message-errors.ts';

const PDF: Attachment = { filename: 'a.pdf', contentType: 'application/pdf', content: Buffer.from('x') };
const PNG: Attachment = { ...PDF, filename: 'a.png', contentType: 'image/png', cid: 'a@b' };

describe('what the author got wrong is said before anything is sent', () => {
  test.each<[string, Partial<MessageSource>, string]>([
    ['subject', { subject: 'a\r\nBcc: x@y.z' }, 'subject: must not hold a line break'],
    ['from name', { from: { name: 'a\nb', address: 'a@b.co' } }, 'from: must not hold a line break'],
    ['from address', { from: { address: 'a@b.co\r\nX: y' } }, 'from: must not hold a line break'],
    ['from address', { from: { address: 'nobody' } }, 'from: "nobody" is not an email address: there is no @'],
    ['reply-to', { replyTo: { address: 'x@y\u0000.z' } }, 'replyTo: must not hold'],
    ['header value', { headers: { 'X-A': 'a\rb' } }, 'headers/X-A: must not hold a line break'],
    ['header name', { headers: { 'X A': 'a' } }, 'is not a header name'],
    ['header name', { headers: { 'X-A\r\nBcc': 'a' } }, 'must not hold a line break'],
    ['header in two spellings', { headers: { 'X-a': '1', 'X-A': '2' } }, 'headers/X-A: is there twice'],
    ['owned header', { headers: { bcc: 'a@b.co' } }, 'cannot be set here'],
    ['owned header', { headers: { 'Content-Type': 'text/plain' } }, 'cannot be set here'],
    ['filename', { attachments: [{ ...PDF, filename: 'a\nb' }] }, 'attachments/0/filename: must not hold'],
    ['filename', { attachments: [{ ...PDF, filename: 'a\tb' }] }, 'attachments/0/filename: holds a control'],
    ['filename', { attachments: [{ ...PDF, filename: ' ' }] }, 'attachments/0/filename: must not be empty'],
    [
      'type',
      { attachments: [{ ...PDF, contentType: 'text/plain\r\nX: y' }] },
      'attachments/0/contentType: must not hold',
    ],
    ['type', { attachments: [{ ...PDF, contentType: 'pdf' }] }, 'is not a media type'],
    ['type', { attachments: [{ ...PDF, contentType: 'message/rfc822' }] }, 'cannot be attached'],
    ['cid', { attachments: [{ ...PNG, cid: 'a>b' }] }, 'attachments/0/cid: must be printable'],
    [
      'type',
      { attachments: [{ ...PDF, contentType: `a/b; c=${'d'.repeat(900)}` }] },
      'contentType: is longer than 900',
    ],
    ['cid', { attachments: [{ ...PNG, cid: 'a'.repeat(901) }] }, 'attachments/0/cid: is longer than 900'],
    ['cid', { attachments: [{ ...PNG, cid: 'a\nb' }] }, 'attachments/0/cid: must not hold'],
  ])('%s', (_, source, words) => {
    expect(() => compileMessage({ ...SOURCE, ...source })).toThrow(MessageError);
    expect(() => compileMessage({ ...SOURCE, ...source })).toThrow(words);
  });

  test('no content at all', () => {
    const { html: _h, text: _t, ...empty } = SOURCE;
    expect(() => compileMessage(empty)).toThrow('text: a message needs HTML or text');
  });

  test('a syntax error names its field', () => {
    expect(() => compileMessage({ ...SOURCE, headers: { 'X-A': '{{ a' } })).toThrow(TemplateError);
    expect(() => compileMessage({ ...SOURCE, headers: { 'X-A': '{{ a' } })).toThrow('headers/X-A, line 1, column 1');
    expect(() => compileMessage({ ...SOURCE, subject: '{{ a | b }}' })).toThrow('subject, line 1, column 1');
  });
});

test.each<[string, Partial<MessageVariables>, string]>([
  ['address', { to: { address: 'a@b.co>\r\nRCPT TO:<x@y.z' } }, 'to: '],
  ['message id', { messageId: 'a>b@c' }, 'messageId: '],
  ['message id', { messageId: 'ab' }, 'messageId: '],
  ['unsubscribe URL', { unsubscribeUrl: 'https://a\r\nX: y' }, 'unsubscribeUrl: '],
  ['unsubscribe URL', { unsubscribeUrl: 'javascript:x' }, 'unsubscribeUrl: '],
  ['feedback id', { feedbackId: 'a b' }, 'feedbackId: '],
  ['date', { date: new Date(Number.NaN) }, 'date: '],
])('a wrong %s never becomes a header', (_, vars, words) => {
  const message = compileMessage(SOURCE);
  expect(() => message.render({ ...VARS, ...vars })).toThrow(words);
  expect(() => message.preview({ ...VARS, ...vars })).toThrow(words);
});
