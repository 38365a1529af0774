import { listAccountsOfWorkspace } from '../db/accounts.ts';
import { AppError } from '../errors.ts';
import { createAccount } from './accounts.ts';
import type { Caller, Core } from './context.ts';

/**
 * The sending account that a URL describes, made when the workspace has none like it:
 * `smtp://user:password@host:587` (STARTTLS), `smtps://…:465` (TLS), `smtp+plain://host:25` (no TLS; also what
 * `smtp://` means for a loopback address, where there is nobody to listen).
 */
export async function ensureSmtpAccount(
  core: Pick<Core, 'db' | 'secrets' | 'sending' | 'events' | 'baseUrl'>,
  caller: Caller,
  text: string,
  rate: string | undefined,
): Promise<{ id: string; host: string }> {
  const { host, port, secure, username, password } = readSmtpUrl(text);
  const name = `${username ? `${username}@` : ''}${host}:${port}`;
  const perSecond = rate === undefined ? null : readRate(rate);
  const known = (await listAccountsOfWorkspace(core.db.sql, caller.workspaceId)).find(
    (account) =>
      account.name === name &&
      account.secure === secure &&
      account.limitPerSecond === perSecond &&
      account.state === 'active',
  );
  if (known) return { id: known.id, host };
  const login = username === null ? {} : { username, password };
  const limits = perSecond === null ? {} : { perSecond };
  const { id } = await createAccount(core, caller, { name, type: 'smtp', host, port, secure, limits, ...login });
  return { id, host };
}

interface SmtpUrl {
  readonly host: string;
  readonly port: number;
  readonly secure: 'starttls' | 'tls' | 'none';
  readonly username: string | null;
  readonly password: string;
}

function readSmtpUrl(text: string): SmtpUrl {
  const wrong = (why: string) =>
    new AppError(
      'VALIDATION',
      `--smtp ${text.replace(/:[^:@/]+@/, ':…@')} ${why}. Write it as smtp://user:password@host:587. Nothing was sent.`,
    );
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw wrong('is not an address');
  }
  const scheme = url.protocol.slice(0, -1);
  if (!['smtp', 'smtps', 'smtp+plain'].includes(scheme)) throw wrong('does not begin with smtp:// or smtps://');
  if (!url.hostname) throw wrong('names no server');
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const loopback = host === 'localhost' || host === '::1' || /^127\./.test(host);
  const secure = scheme === 'smtps' ? 'tls' : scheme === 'smtp+plain' || loopback ? 'none' : 'starttls';
  const port = url.port ? Number(url.port) : { starttls: 587, tls: 465, none: 25 }[secure];
  const username = url.username ? decodeURIComponent(url.username) : null;
  return { host, port, secure, username, password: decodeURIComponent(url.password) };
}

function readRate(text: string): number {
  const rate = /^(\d+)(\/s)?$/.exec(text)?.[1];
  if (!rate || Number(rate) === 0)
    throw new AppError('VALIDATION', `--rate ${text} is not a rate. Write it as 20/s. Nothing was sent.`);
  return Number(rate);
}
