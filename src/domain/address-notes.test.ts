import { describe, expect, it } from 'vitest';
import { isRole, typoHint } from './address-notes.ts';

it.each([
  ['info', true],
  ['Postmaster', true],
  ['no-reply', true],
  ['ada', false],
  ['info.ada', false],
])('%s is a role: %s', (localPart, expected) => expect(isRole(localPart)).toBe(expected));

describe('a domain that is probably mistyped', () => {
  it.each([
    ['gmial.com', 'gmail.com'],
    ['gmai.com', 'gmail.com'],
    ['gmaill.com', 'gmail.com'],
    ['gnail.com', 'gmail.com'],
    ['gmail.con', 'gmail.com'],
    ['gmail.co', 'gmail.com'],
    ['gmial.con', 'gmail.com'],
    ['hotmial.com', 'hotmail.com'],
    ['yaho.com', 'yahoo.com'],
    ['outlok.com', 'outlook.com'],
    ['example.con', 'example.com'],
    ['gmail.com', null],
    ['mail.com', null],
    ['ymail.com', null],
    ['gmx.ch', null],
    ['example.org', null],
    ['x.co', null],
  ])('%s: %s', (domain, hint) => expect(typoHint(domain)).toBe(hint));
});
