import net from 'node:net';
import type { DomainFinding } from '../contract/domains.ts';
import type { AccountRow } from '../db/accounts.ts';

type Given = Omit<DomainFinding, 'isAdvice' | 'subject' | 'found' | 'record'> & Partial<DomainFinding>;

export function finding(given: Given): DomainFinding {
  return { isAdvice: false, subject: null, found: null, record: null, ...given };
}

/** Accounts that send to the outside, through a server that has a name or address there. */
export function outsideAccounts(accounts: readonly AccountRow[]): AccountRow[] {
  return accounts.filter(
    ({ type, host, isSandbox }) => type === 'smtp' && !isSandbox && host !== null && !isLocal(host),
  );
}

function isLocal(host: string): boolean {
  return host === 'localhost' || host === '::1' || (net.isIPv4(host) && host.startsWith('127.'));
}
