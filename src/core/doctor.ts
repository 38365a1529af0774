import { sql } from 'kysely';
import { type AccountRow, listAccountsOfWorkspace } from '../db/accounts.ts';
import { messageOf } from '../errors.ts';
import type { Core } from './context.ts';
import { openTransport } from './transports.ts';

export interface Finding {
  readonly level: 'ok' | 'warning' | 'problem';
  readonly subject: string;
  readonly message: string;
  /** What to do about it. */
  readonly remedy?: string;
}

/** Everything that can be checked without sending anything. */
export async function runChecks(core: Core, workspaceId: string): Promise<Finding[]> {
  const accounts = await listAccountsOfWorkspace(core.db.sql, workspaceId);
  return [...(await checkDatabase(core)), checkBaseUrl(core.baseUrl), ...(await checkAccounts(core, accounts))];
}

const NEEDED: ReadonlyArray<readonly [setting: string, why: string]> = [
  ['fsync', 'a power cut could lose committed rows, and a recipient could get two copies'],
  ['full_page_writes', 'a power cut could tear a page'],
  ['synchronous_commit', 'a crash could lose a gate that was committed, and a recipient could get two copies'],
];

async function checkDatabase(core: Core): Promise<Finding[]> {
  const { rows } = await sql<{ version: string; versionNumber: number }>`
    select current_setting('server_version') as version, current_setting('server_version_num')::int as version_number`.execute(
    core.db.sql,
  );
  const server = rows[0];
  const findings: Finding[] = [];
  if (server && server.versionNumber < 140_000) {
    findings.push({
      level: 'problem',
      subject: 'Database',
      message: `PostgreSQL ${server.version} is too old`,
      remedy: 'Use PostgreSQL 14 or newer.',
    });
  } else findings.push({ level: 'ok', subject: 'Database', message: `PostgreSQL ${server?.version} answers` });
  for (const [setting, why] of NEEDED) {
    const { rows: found } = await sql<{ value: string }>`select current_setting(${setting}) as value`.execute(
      core.db.sql,
    );
    if (found[0]?.value !== 'off') continue;
    findings.push({
      level: 'problem',
      subject: 'Database',
      message: `${setting} is off: ${why}`,
      remedy: `Set ${setting} = on in postgresql.conf.`,
    });
  }
  return findings;
}

function checkBaseUrl(baseUrl: string): Finding {
  const { hostname, protocol } = new URL(baseUrl);
  if (['localhost', '127.0.0.1', '[::1]'].includes(hostname)) {
    return {
      level: 'warning',
      subject: 'BASE_URL',
      message: `is ${baseUrl}: unsubscribe links work on this machine only`,
      remedy: 'Set BASE_URL to the public https address before you send to people.',
    };
  }
  if (protocol !== 'https:') {
    return {
      level: 'problem',
      subject: 'BASE_URL',
      message: 'is not https: one-click unsubscribe needs it (RFC 8058 section 3.1)',
      remedy: 'Put TLS in front and set BASE_URL to the https address.',
    };
  }
  return { level: 'ok', subject: 'BASE_URL', message: baseUrl };
}

async function checkAccounts(core: Core, accounts: readonly AccountRow[]): Promise<Finding[]> {
  const real = accounts.filter((account) => !account.isSandbox);
  if (real.length === 0) {
    return [
      {
        level: 'warning',
        subject: 'Sending accounts',
        message: 'there is none: mail goes to the built-in mailbox only',
        remedy: 'Add one with POST /api/accounts.',
      },
    ];
  }
  return Promise.all(real.map((account) => checkAccount(core, account)));
}

async function checkAccount(core: Core, account: AccountRow): Promise<Finding> {
  const subject = `Account ${account.name}`;
  if (account.state !== 'active') {
    return {
      level: 'warning',
      subject,
      message: `is ${account.state}${account.stateReason ? `: ${account.stateReason}` : ''}`,
      remedy: `Resume it with POST /api/accounts/${account.id}/resume once the reason is gone.`,
    };
  }
  try {
    const transport = openTransport(account, core.secrets);
    const report = await transport.verify();
    await transport.close(0);
    if (report.ok) return { level: 'ok', subject, message: report.message };
    return {
      level: 'problem',
      subject,
      message: report.message,
      remedy: 'Check host, port, TLS, user name and password of the account.',
    };
  } catch (error) {
    return {
      level: 'problem',
      subject,
      message: messageOf(error),
      remedy: 'Check the account, or enter its password again.',
    };
  }
}
