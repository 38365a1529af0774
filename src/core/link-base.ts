import { getWorkspace } from '../db/workspaces.ts';
import type { Core } from './context.ts';

/** What the workspace's settings keep of the domain its links go by. */
interface LinkDomainSettings {
  readonly trackingDomain?: string;
  /** When it was last seen to lead here; absent: never, or not any more. */
  readonly trackingDomainCheckedAt?: string;
}

/** Where links of a workspace's messages lead, without a slash at the end: its own domain, once that is known to lead here. */
export async function linkBaseOf(core: Pick<Core, 'db' | 'baseUrl'>, workspaceId: string): Promise<string> {
  const settings = (await getWorkspace(core.db.sql, workspaceId)).settings as LinkDomainSettings;
  const { trackingDomain, trackingDomainCheckedAt } = settings;
  if (trackingDomain === undefined || trackingDomainCheckedAt === undefined) return core.baseUrl;
  return `https://${trackingDomain}`;
}
