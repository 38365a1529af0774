import dns from 'node:dns/promises';
import net from 'node:net';
import type { AccountReport } from '../contract/accounts.ts';
import { messageOf } from '../errors.ts';
import type { TransportReport } from '../mail/transport.ts';
import { ACCOUNT_TYPES } from './account-types.ts';
import type { Core } from './context.ts';
import { openTransport, type WayOut } from './transports.ts';

type Step = AccountReport['steps'][number];
type CheckCore = Pick<Core, 'secrets'>;

/** Looks the server up, connects, logs in, and answers what was said at each step. Sends nothing. */
export async function checkServer(core: CheckCore, account: WayOut): Promise<AccountReport> {
  const transport = openTransport(account, core.secrets);
  try {
    const lookup = await lookUp(ACCOUNT_TYPES.get(account.type)?.host(account) ?? '');
    const report = await transport.verify();
    return {
      ...report,
      extensions: [...report.extensions],
      steps: [lookup, ...stepsOf(report, lookup.state !== 'failed')],
    };
  } finally {
    await transport.close(0);
  }
}

async function lookUp(name: string): Promise<Step> {
  const host = name.replace(/^\[|\]$/g, '');
  if (net.isIP(host) !== 0) return { step: 'dns', state: 'skipped', answer: host };
  try {
    const found = await dns.lookup(host, { all: true });
    return { step: 'dns', state: 'ok', answer: found.map(({ address }) => address).join(', ') };
  } catch (error) {
    return { step: 'dns', state: 'failed', answer: messageOf(error) };
  }
}

/** How far each stage of a handshake is, in the order in which they are told; TLS comes before or behind the greeting. */
function stepsOf(report: TransportReport, isNameKnown: boolean): Step[] {
  const { stage, greeting, extensions, tls, authenticated, message, ok } = report;
  // A name that is not known cannot be connected to either: that is said once.
  const failedAt = ok || !isNameKnown ? null : STEP_OF[stage as keyof typeof STEP_OF];
  const step = (name: Step['step'], isDone: boolean, answer: string | null): Step => {
    if (failedAt === name) return { step: name, state: 'failed', answer: message };
    return { step: name, state: isDone ? 'ok' : 'skipped', answer: isDone ? answer : null };
  };
  const cipher = tls ? `${tls.protocol}, ${tls.cipher}` : null;
  const isConnected = greeting !== undefined || failedAt === 'tls';
  return [
    step('connect', isConnected, greeting ?? null),
    step('tls', tls !== undefined, cipher),
    step('hello', extensions.length > 0 || authenticated, extensions.join(' ')),
    step('login', authenticated, null),
  ];
}

const STEP_OF = {
  connect: 'connect',
  greeting: 'connect',
  tls: 'tls',
  hello: 'hello',
  auth: 'login',
  // The login is good, and the provider lets it send nothing.
  'mail-from': 'login',
} as const satisfies Partial<Record<TransportReport['stage'], Step['step']>>;
