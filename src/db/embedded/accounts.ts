import fs from 'node:fs';
import os from 'node:os';

export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** Does this process's user have a name? PostgreSQL refuses a bare number, which some container platforms assign. */
export function hasAccount(): boolean {
  try {
    os.userInfo();
    return true;
  } catch {
    return false;
  }
}

/** The unprivileged account to run PostgreSQL as, from the system's own list; null when it names none but root. */
export function unprivilegedAccount(file = '/etc/passwd'): Account | null {
  const accounts = readAccounts(file).filter(({ uid }) => uid > 0);
  for (const name of ['nobody', 'postgres', 'daemon']) {
    const account = accounts.find((candidate) => candidate.name === name);
    if (account) return account;
  }
  return accounts[0] ?? null;
}

export function accountOf(uid: number, file = '/etc/passwd'): Account | null {
  return readAccounts(file).find((account) => account.uid === uid) ?? null;
}

function readAccounts(file: string): Account[] {
  let text: string;
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch {
    return [];
  }
  return text.split('\n').flatMap((line) => {
    const [name, , uid, gid] = line.split(':');
    return name && /^\d+$/.test(uid ?? '') && /^\d+$/.test(gid ?? '')
      ? [{ name, uid: Number(uid), gid: Number(gid) }]
      : [];
  });
}
