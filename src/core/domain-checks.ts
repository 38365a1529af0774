import type { DomainFinding } from '../contract/domains.ts';
import type { AccountRow } from '../db/accounts.ts';
import type { DkimKeyRow } from '../db/dkim-keys.ts';
import type { DkimAlgorithm } from '../mail/dkim/key-pair.ts';
import { keyRecord, keyRecordName, matchKeyRecord } from '../mail/dkim/key-record.ts';
import { dmarcFindings } from './dmarc-check.ts';
import type { DnsLookup } from './dns-lookup.ts';
import { finding } from './domain-finding.ts';
import { serverFindings } from './server-checks.ts';
import { spfFindings } from './spf-check.ts';

/** What a domain is checked for. */
export interface CheckedDomain {
  readonly domain: string;
  readonly keys: readonly DkimKeyRow[];
  /** Where bounces come back to; null: to the From domain itself. */
  readonly returnPathDomain: string | null;
  /** Accounts that mail from it may go through. */
  readonly accounts: readonly AccountRow[];
}

/** Everything but its keys and whose it is. Asks the DNS, and changes nothing. */
export async function checkSetUp(dns: DnsLookup, checked: CheckedDomain): Promise<DomainFinding[]> {
  const { domain, returnPathDomain, accounts } = checked;
  const from = returnPathDomain ?? domain;
  const found = await Promise.all([
    spfFindings(dns, from, accounts),
    dmarcFindings(dns, domain, returnPathDomain),
    mxFinding(dns, from),
    serverFindings(dns, accounts),
  ]);
  return found.flat();
}

/** What the DNS says about a key. */
export interface KeyReading {
  readonly key: DkimKeyRow;
  readonly finding: DomainFinding;
  readonly isSeen: boolean;
}

export async function readKey(dns: DnsLookup, domain: string, key: DkimKeyRow): Promise<KeyReading> {
  const host = keyRecordName(key.selector, domain);
  const algorithm = key.algorithm as DkimAlgorithm;
  const record = { type: 'TXT' as const, host, value: keyRecord(algorithm, key.publicKey) };
  const texts = await dns.txt(host);
  const isSeen = texts?.some((text) => matchKeyRecord(text, algorithm, key.publicKey) === 'same') ?? false;
  const told = (state: DomainFinding['state'], help: string): KeyReading => ({
    key,
    isSeen,
    finding: finding({ check: 'dkim', state, subject: key.selector, found: texts?.join('\n') || null, record, help }),
  });
  if (texts === null) return told('unknown', `The DNS could not be asked for ${host}. It is asked again soon.`);
  if (isSeen && texts.length > 1)
    return told(
      'wrong',
      `There are ${texts.length} records under ${host}, and receivers may take any of them: leave this one only.`,
    );
  if (isSeen) return told('ok', 'The record holds this key.');
  if (texts.length === 0) return told('missing', 'Set this record. Mail is signed with the key as soon as it is seen.');
  return told('wrong', 'The record holds another key, or was cut off: replace it by this value.');
}

/** RFC 5321 section 5.1 makes do with an address, but many receivers refuse senders that cannot be answered. */
async function mxFinding(dns: DnsLookup, domain: string): Promise<DomainFinding> {
  const told = (state: DomainFinding['state'], help: string, found: string | null = null) =>
    finding({ check: 'mx', state, subject: domain, found, help });
  const servers = await dns.mx(domain);
  if (servers === null) return told('unknown', `The DNS could not be asked for the mail servers of ${domain}.`);
  const named = servers.filter((server) => server !== '' && server !== '.');
  if (named.length > 0) return told('ok', `Answers and bounces to ${domain} reach a server.`, named.join(', '));
  if (servers.length > 0)
    return told(
      'wrong',
      `${domain} says that it takes no mail (RFC 7505): bounces get lost. Give it an MX record.`,
      '.',
    );
  const addresses = await dns.addresses(domain);
  if (addresses === null) return told('unknown', `The DNS could not be asked for the address of ${domain}.`);
  return addresses.length > 0
    ? told(
        'missing',
        `${domain} has an address but no MX record: name the server that takes its mail.`,
        addresses.join(', '),
      )
    : told('missing', `${domain} takes no mail: answers and bounces get lost, and many servers refuse such senders.`);
}
