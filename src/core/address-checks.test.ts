import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DnsServer } from '../../test/helpers/dns-server.ts';
import type { AddressChecks } from '../contract/imports.ts';
import { AddressInspector } from './address-checks.ts';
import { Lead } from './lead.ts';
import { MailExchangers } from './mail-exchangers.ts';

let dns: DnsServer;
beforeAll(async () => {
  dns = await DnsServer.start({
    'mail.test': { mx: ['mx.mail.test'] },
    'address.test': { a: ['192.0.2.1'] },
    'nomail.test': { mx: ['.'], a: ['192.0.2.1'] },
    'parked.test': {},
    'broken.test': 'fails',
  });
});
afterAll(() => dns.stop());

const leadOf = (email: string, rowNo = 1) => Object.assign(new Lead(rowNo), { email, emailKey: email.toLowerCase() });
const open = (checks: AddressChecks) => AddressInspector.open(checks, {}, new MailExchangers([dns.address]));

it('notes roles, throw-away domains and probable typing errors, and takes them', async () => {
  const inspector = await open({});
  const emails = ['Info@ada.test', 'x@mailinator.com', 'ada@gmial.com', 'ada@mail.test'];
  expect(emails.map((email, i) => inspector.inspect(leadOf(email, i + 1)))).toEqual([null, null, null, null]);
  expect(inspector.findings).toEqual({
    role: { rows: 1, examples: [{ row: 1, value: 'Info@ada.test', hint: null }] },
    disposable: { rows: 1, examples: [{ row: 2, value: 'x@mailinator.com', hint: null }] },
    typo: { rows: 1, examples: [{ row: 3, value: 'ada@gmial.com', hint: 'gmail.com' }] },
  });
});

it.each([
  ['role', 'info@ada.test', 'it is the mailbox of a function, not of a person'],
  ['disposable', 'x@mailinator.com', 'its domain gives away addresses for minutes'],
  ['typo', 'ada@gmial.com', 'its domain is probably mistyped, gmail.com may be meant'],
] as const)('refuses what it is told to: %s', async (note, email, reason) => {
  const inspector = await open({ [note]: 'refuse' });
  expect(inspector.inspect(leadOf(email))).toEqual({ rowNo: 1, field: 'email', value: email, reason });
});

describe('domains without a mail server', () => {
  const emails = ['a@mail.test', 'a@address.test', 'a@nomail.test', 'a@parked.test', 'a@broken.test', 'a@gone.test'];
  const leads = emails.map((email, i) => leadOf(email, i + 1));

  it('are refused; who can be reached by an address alone is not, nor whom the DNS cannot tell of', async () => {
    const inspector = await open({ mx: 'refuse' });
    const refused = await inspector.askAboutDomains(leads);
    expect(refused.map(({ reject }) => reject.value)).toEqual(['a@nomail.test', 'a@parked.test', 'a@gone.test']);
    expect(inspector.findings.mx?.rows).toBe(3);
  });

  it('are asked about once, and only when somebody wants to know', async () => {
    const before = dns.questions;
    await (await open({})).askAboutDomains(leads);
    expect(dns.questions).toBe(before);
    const inspector = await open({ mx: 'note' });
    expect(await inspector.askAboutDomains(leads)).toEqual([]);
    const asked = dns.questions;
    expect(await inspector.askAboutDomains(leads)).toEqual([]);
    expect(dns.questions).toBe(asked);
    expect(inspector.findings.mx?.rows).toBe(6);
  });
});
