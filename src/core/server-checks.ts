import net from 'node:net';
import type { DomainFinding } from '../contract/domains.ts';
import type { AccountRow } from '../db/accounts.ts';
import type { DnsLookup } from './dns-lookup.ts';
import { finding, outsideAccounts } from './domain-finding.ts';

/** Names of addresses, of servers that are the sender's own; and whether accounts send in the clear. */
export async function serverFindings(dns: DnsLookup, accounts: readonly AccountRow[]): Promise<DomainFinding[]> {
  const outside = outsideAccounts(accounts);
  const own = [...new Set(outside.filter(({ preset }) => preset === 'dedicated').map(({ host }) => host ?? ''))];
  return [...(await Promise.all(own.map((host) => ptrFindings(dns, host)))).flat(), ...outside.flatMap(tlsFinding)];
}

/** Google and Yahoo: every sending address has a name, and that name leads back to it. */
async function ptrFindings(dns: DnsLookup, host: string): Promise<DomainFinding[]> {
  const addresses = net.isIP(host) ? [host] : await dns.addresses(host);
  if (addresses === null)
    return [
      finding({ check: 'ptr', state: 'unknown', subject: host, help: `The DNS could not be asked for ${host}.` }),
    ];
  if (addresses.length === 0)
    return [
      finding({
        check: 'ptr',
        state: 'missing',
        subject: host,
        help: `${host} has no address: check the name in the account.`,
      }),
    ];
  return Promise.all(addresses.map((address) => ptrFinding(dns, host, address)));
}

async function ptrFinding(dns: DnsLookup, host: string, address: string): Promise<DomainFinding> {
  const record = net.isIP(host) ? null : { type: 'PTR' as const, host: address, value: host };
  const told = (state: DomainFinding['state'], help: string, found: string | null = null) =>
    finding({ check: 'ptr', state, subject: address, found, record: state === 'ok' ? null : record, help });
  const names = await dns.ptr(address);
  if (names === null) return told('unknown', `The DNS could not be asked for the name of ${address}.`);
  const [name] = names;
  if (name === undefined)
    return told(
      'missing',
      `${address} has no name: ask whoever gave you the address to set this one. Gmail refuses mail without it (5.7.25).`,
    );
  const back = await Promise.all(names.map((one) => dns.addresses(one)));
  if (back.some((found) => found?.includes(address)))
    return told('ok', 'The name of the address leads back to it.', name);
  if (back.includes(null)) return told('unknown', `The DNS could not be asked for the addresses of ${name}.`, name);
  return told(
    'wrong',
    `${address} is called ${name}, but that name does not lead back to it: set an A or AAAA record there, or another name here.`,
    names.join(', '),
  );
}

function tlsFinding({ name, host, secure }: AccountRow): DomainFinding[] {
  if (secure !== 'none') return [];
  const help = `The account "${name}" hands mail to ${host} in the clear: switch it to STARTTLS or TLS. Gmail refuses mail that came without TLS from bulk senders (5.7.29).`;
  return [finding({ check: 'tls', state: 'wrong', isAdvice: true, subject: name, help })];
}
