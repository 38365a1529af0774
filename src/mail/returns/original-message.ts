import { firstAddress } from './address.ts';
import { readHeaders } from './mail-headers.ts';
import { leavesOf, type MimePart, textOf } from './mime-part.ts';

/** What a report still shows of the message it is about. */
export interface OriginalMessage {
  /** With angle brackets as in the header; null when it was not returned. */
  readonly messageId: string | null;
  readonly recipient: string | null;
  readonly returnPath: string | null;
}

const WHOLE =
  /^(?:message\/rfc822|message\/global|text\/rfc822|message\/rfc822-headers|text\/rfc822-headers|message\/global-headers)$/;

export function isOriginal(part: MimePart): boolean {
  return WHOLE.test(part.type);
}

/** From a part of its own, else from the text below the notice. */
export function readOriginal(message: MimePart, returned: string): OriginalMessage {
  const part = leavesOf(message).find(isOriginal);
  const text = part === undefined ? unindent(returned) : part.body;
  const { headers } = readHeaders(fromFirstField(part === undefined ? text : textOf({ ...part, charset: '' })));
  return {
    messageId: /<[^<>\s]{3,250}>/.exec(headers.get('message-id'))?.[0] ?? null,
    recipient:
      firstAddress(headers.get('x-original-to')) ??
      firstAddress(headers.get('to')) ??
      firstAddress(headers.get('delivered-to')),
    returnPath: firstAddress(headers.get('return-path')),
  };
}

/** Skips `------ This is a copy of the message ------` and the empty lines around it. */
function fromFirstField(text: string): string {
  const at = text.search(/^[A-Za-z][A-Za-z0-9-]{1,60}:/m);
  return at < 0 ? '' : text.slice(at);
}

function unindent(text: string): string {
  const indent = /\n([ \t>|]{1,8})(?:Received|Return-Path|From|To|Subject|Date|Message-I[Dd]):/.exec(text)?.[1];
  return indent === undefined ? text : text.replaceAll(`\n${indent}`, '\n');
}
