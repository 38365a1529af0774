import type { Settings } from '../contract/settings.ts';
import { inTransaction } from '../db/database.ts';
import { lockWorkspace, updateWorkspace } from '../db/workspaces.ts';
import { messageOf } from '../errors.ts';
import { guardedRequest } from '../lib/guarded-request.ts';
import { invalid } from './content.ts';
import type { Caller, Core } from './context.ts';
import { getSettings } from './settings.ts';

const TIMEOUT_MS = 10_000;

/** Asks an address and answers with the status. */
type Ask = (url: URL) => Promise<number>;

const askOverNetwork: Ask = (url) =>
  guardedRequest({
    url,
    headers: { 'user-agent': 'Postrider link domain check' },
    allowPrivate: false,
    timeoutMs: TIMEOUT_MS,
  });

/**
 * Finds out whether the workspace's link domain leads here, over https as readers come, and keeps what was found: links go
 * by it from then on, or not any more. The address asked is signed: only this installation knows it for its own, and only
 * this one refuses the like of it. Throws VALIDATION with what is wrong.
 */
export async function checkLinkDomain(
  core: Pick<Core, 'db' | 'pageTokens'>,
  caller: Caller,
  ask: Ask = askOverNetwork,
): Promise<Settings> {
  const { trackingDomain } = await getSettings(core, caller);
  if (trackingDomain === null) throw invalid('trackingDomain', 'is not set: name the domain first');
  const trouble = await troubleOf(core, caller, trackingDomain, ask);
  await inTransaction(core.db.sql, async (tx) => {
    const { settings } = await lockWorkspace(tx, caller.workspaceId);
    const { trackingDomainCheckedAt: _, ...rest } = settings as Record<string, unknown>;
    // Somebody may have named another one meanwhile.
    if (rest.trackingDomain !== trackingDomain) return;
    const checked = trouble === null ? { trackingDomainCheckedAt: new Date().toISOString() } : {};
    await updateWorkspace(tx, caller.workspaceId, { settings: { ...rest, ...checked } });
  });
  if (trouble !== null) throw invalid('trackingDomain', trouble);
  return getSettings(core, caller);
}

async function troubleOf(
  core: Pick<Core, 'pageTokens'>,
  { workspaceId }: Caller,
  domain: string,
  ask: Ask,
): Promise<string | null> {
  const token = core.pageTokens.make('link-domain', { id: workspaceId, expiresAt: Date.now() + 2 * TIMEOUT_MS });
  const address = (given: string) => new URL(`https://${domain}/l/${given}`);
  try {
    const [own, forged] = [await ask(address(token)), await ask(address(`${token}x`))];
    if (own === 204 && forged === 404) return null;
    return `${domain} answers, but not as this installation does (${own}): let it lead here, by a CNAME and with the path unchanged`;
  } catch (error) {
    return `${domain} cannot be reached over https: ${messageOf(error)}. It needs a CNAME to this installation, and a certificate`;
  }
}

/** Whether it is this installation that asks itself. */
export function isOwnLinkCheck(core: Pick<Core, 'pageTokens'>, token: string): boolean {
  const read = core.pageTokens.read('link-domain', token);
  return read !== null && read.expiresAt > Date.now() - 1000;
}
