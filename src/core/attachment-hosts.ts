import type { Settings } from '../contract/settings.ts';
import type { Executor } from '../db/database.ts';
import { getWorkspace } from '../db/workspaces.ts';
import { originOfLink } from '../mail/linked-files.ts';
import { invalid } from './content.ts';

export type AttachmentHost = NonNullable<Settings['attachmentHosts']>[number];

const HOST = /^(?:\*\.)?(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;

/** Throws VALIDATION. */
export function checkAttachmentHosts(hosts: readonly AttachmentHost[]): void {
  for (const [i, { host }] of hosts.entries())
    if (!HOST.test(host))
      throw invalid(`attachmentHosts/${i}/host`, `"${host}" is no host: write files.example.com, or *.example.com`);
}

/** Where a workspace's campaigns may fetch attachments from. */
export async function attachmentHostsOf(db: Executor, workspaceId: string): Promise<readonly AttachmentHost[]> {
  const { settings } = await getWorkspace(db, workspaceId);
  return (settings as Partial<Settings>).attachmentHosts ?? [];
}

/** The host that allows an address; null: nothing may be fetched from there. Without TLS only where the network is one's own. */
export function hostThatAllows(hosts: readonly AttachmentHost[], { protocol, hostname }: URL): AttachmentHost | null {
  const allows = ({ host, allowPrivateAddresses = false }: AttachmentHost) => {
    const name = host.toLowerCase();
    const isNamed = name.startsWith('*.') ? hostname.endsWith(name.slice(1)) : hostname === name;
    return isNamed && (protocol === 'https:' || allowPrivateAddresses);
  };
  return hosts.find(allows) ?? null;
}

/** Throws VALIDATION with what to do when a campaign may not fetch from there. */
export function checkLinkedAddress(hosts: readonly AttachmentHost[], url: string, path: string): void {
  const origin = originOfLink(url);
  if (!origin)
    throw invalid(path, 'must begin with https:// and a host that is written out; Liquid may stand behind the host');
  if (hostThatAllows(hosts, origin)) return;
  throw invalid(
    path,
    `files may not be fetched from ${origin.origin}: name the host in attachmentHosts (PATCH /api/settings); http:// is for hosts with allowPrivateAddresses`,
  );
}
