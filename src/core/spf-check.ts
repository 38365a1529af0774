import net from 'node:net';
import type { DomainFinding } from '../contract/domains.ts';
import type { AccountRow } from '../db/accounts.ts';
import { MOST_SPF_LOOKUPS, withMechanisms } from '../domain/spf-record.ts';
import type { DnsLookup } from './dns-lookup.ts';
import { finding, outsideAccounts } from './domain-finding.ts';
import { readSpf, type SpfReport } from './spf-walk.ts';

/**
 * What providers ask to be included, by the end of their servers' names, as their set-up pages say: Google
 * (support.google.com/a/answer/33786), Microsoft (learn.microsoft.com, "Set up SPF"), Amazon SES (custom MAIL FROM),
 * SendGrid, Mailgun, Postmark, Zoho, Brevo, Mailjet, Fastmail.
 */
const INCLUDES: ReadonlyArray<readonly [suffix: string, include: string]> = [
  ['gmail.com', '_spf.google.com'],
  ['google.com', '_spf.google.com'],
  ['office365.com', 'spf.protection.outlook.com'],
  ['outlook.com', 'spf.protection.outlook.com'],
  ['amazonaws.com', 'amazonses.com'],
  ['sendgrid.net', 'sendgrid.net'],
  ['mailgun.org', 'mailgun.org'],
  ['postmarkapp.com', 'spf.mtasv.net'],
  ['zoho.com', 'zohomail.com'],
  ['zoho.eu', 'zohomail.eu'],
  ['sendinblue.com', 'spf.brevo.com'],
  ['brevo.com', 'spf.brevo.com'],
  ['mailjet.com', 'spf.mailjet.com'],
  ['messagingengine.com', 'spf.messagingengine.com'],
];

/** A mechanism that the record should have, and whether it has it. */
interface Need {
  readonly mechanism: string;
  /** Null: that could not be found out. */
  readonly isMet: boolean | null;
  readonly server: string;
}

export async function spfFindings(
  dns: DnsLookup,
  domain: string,
  accounts: readonly AccountRow[],
): Promise<DomainFinding[]> {
  const report = await readSpf(dns, domain);
  if (report === null)
    return [
      finding({ check: 'spf', state: 'unknown', subject: domain, help: `The DNS could not be asked for ${domain}.` }),
    ];
  const needs = await needsOf(dns, report, accounts);
  return [recordFinding(domain, report, needs), ...serversFinding(domain, report, needs)];
}

function recordFinding(domain: string, report: SpfReport, needs: readonly Need[]): DomainFinding {
  const mechanisms = needs.map(({ mechanism }) => mechanism);
  const told = (state: DomainFinding['state'], help: string, value: string | null = null) =>
    finding({
      check: 'spf',
      state,
      subject: domain,
      found: report.record,
      record: value === null ? null : { type: 'TXT', host: domain, value },
      help,
    });
  if (report.record === null) {
    const value = ['v=spf1', ...(mechanisms.length > 0 ? mechanisms : ['mx']), '~all'].join(' ');
    return told('missing', 'Set this record: it says which servers may send for the domain.', value);
  }
  if (report.records > 1)
    return told(
      'wrong',
      `There are ${report.records} SPF records, and receivers then look at none of them (RFC 7208 section 4.5): make one of them.`,
    );
  if (report.lookups > MOST_SPF_LOOKUPS)
    return told(
      'wrong',
      `It takes ${report.lookups}${report.isPartial ? ' or more' : ''} questions to the DNS, and receivers ask ten at most (RFC 7208 section 4.6.4): take includes out that nobody needs.`,
    );
  if (report.faults.length > 0)
    return told('wrong', `Receivers cannot read it: ${report.faults.slice(0, 3).join('; ')}.`);
  if (report.all === '+')
    return told(
      'wrong',
      'It ends in "+all", which lets everybody send for the domain: receivers trust such records less than none.',
      report.record.replace(/\s\+?all\s*$/i, ' ~all'),
    );
  if (report.isPartial) return told('unknown', 'A part of it could not be asked for; what could be is in order.');
  return told('ok', `Receivers can read it, with ${report.lookups} of ten questions.`);
}

/** What the servers of the accounts need is advice: how they hand mail on is known to their providers alone. */
function serversFinding(domain: string, report: SpfReport, needs: readonly Need[]): DomainFinding[] {
  if (needs.length === 0 || report.record === null) return [];
  const unmet = needs.filter(({ isMet }) => isMet === false);
  const servers = [...new Set((unmet.length > 0 ? unmet : needs).map(({ server }) => server))].join(', ');
  const told = (state: DomainFinding['state'], help: string, value: string | null = null) => [
    finding({
      check: 'spf-servers',
      state,
      isAdvice: true,
      subject: servers,
      found: report.record,
      record: value === null ? null : { type: 'TXT', host: domain, value },
      help,
    }),
  ];
  if (unmet.length === 0 && needs.some(({ isMet }) => isMet === null))
    return told('unknown', `Whether the record lets ${servers} send could not be found out.`);
  if (unmet.length === 0) return told('ok', 'The record lets the servers of the sending accounts send.');
  if (report.isPartial) return told('unknown', `Whether the record lets ${servers} send could not be found out.`);
  const value = withMechanisms(report.record, [...new Set(unmet.map(({ mechanism }) => mechanism))]);
  return told(
    'wrong',
    `The record does not name ${servers}: mail through there may fail SPF. DKIM alone is enough for DMARC, but Google and Yahoo ask bulk senders for both.`,
    value,
  );
}

async function needsOf(dns: DnsLookup, report: SpfReport, accounts: readonly AccountRow[]): Promise<Need[]> {
  const hosts = [...new Set(outsideAccounts(accounts).map(({ host }) => (host ?? '').toLowerCase()))];
  return Promise.all(hosts.map((host) => needOf(dns, report, host)));
}

async function needOf(dns: DnsLookup, report: SpfReport, host: string): Promise<Need> {
  const include = INCLUDES.find(([suffix]) => host === suffix || host.endsWith(`.${suffix}`))?.[1];
  if (include) return { mechanism: `include:${include}`, isMet: report.includes.has(include), server: host };
  const family = net.isIP(host);
  if (family !== 0) return { mechanism: `ip${family}:${host}`, isMet: report.covers(host), server: host };
  const addresses = await dns.addresses(host);
  const isMet = addresses === null || addresses.length === 0 ? null : addresses.every((one) => report.covers(one));
  return { mechanism: `a:${host}`, isMet, server: host };
}
