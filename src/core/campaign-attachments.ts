import type { Selectable } from 'kysely';
import type { CampaignDraftBody } from '../contract/campaigns.ts';
import type { DB } from '../db/schema.generated.ts';
import type { LinkedAttachment, MessageSource } from '../mail/message.ts';
import { type AttachmentHost, attachmentHostsOf, checkLinkedAddress } from './attachment-hosts.ts';
import { invalid } from './content.ts';
import type { Core } from './context.ts';

/** Of one message: most servers refuse those over 25 MB. */
export const MAX_ATTACHMENTS_BYTES = 20 * 1024 * 1024;

type GivenAttachment = NonNullable<CampaignDraftBody['attachments']>[number];
export type StoredAttachment = Omit<Selectable<DB['campaignAttachments']>, 'campaignId' | 'position'>;

/** As they are stored; null when the request names none. Throws VALIDATION. */
export async function readAttachments(
  core: Pick<Core, 'db'>,
  workspaceId: string,
  body: CampaignDraftBody,
): Promise<StoredAttachment[] | null> {
  if (!body.attachments) return null;
  const isLinked = body.attachments.some((given) => 'url' in given);
  const hosts = isLinked ? await attachmentHostsOf(core.db.sql, workspaceId) : [];
  const attachments = body.attachments.map((given, i) => readAttachment(given, `attachments/${i}`, hosts));
  const bytes = attachments.reduce((sum, { content }) => sum + (content?.length ?? 0), 0);
  if (bytes > MAX_ATTACHMENTS_BYTES)
    throw invalid(
      'attachments',
      `together they are ${Math.ceil(bytes / 1048576)} MB; most servers refuse messages over 25 MB, so 20 MB is the limit`,
    );
  return attachments;
}

function readAttachment(given: GivenAttachment, path: string, hosts: readonly AttachmentHost[]): StoredAttachment {
  if ('url' in given) {
    const { filename, url, contentType = null, ifMissing = 'fail' } = given;
    checkLinkedAddress(hosts, url, `${path}/url`);
    return { filename, url, contentType, ifMissing, content: null, cid: null };
  }
  const { filename, contentType, contentBase64, cid = null } = given;
  if (!/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(contentBase64)) throw invalid(`${path}/contentBase64`, 'is not base64');
  const content = Buffer.from(contentBase64, 'base64');
  return { filename, contentType, content, cid, url: null, ifMissing: null };
}

/** As the compiler takes them. */
export function attachmentSources(
  stored: readonly StoredAttachment[],
): Required<Pick<MessageSource, 'attachments' | 'linkedAttachments'>> {
  return {
    attachments: stored.flatMap(({ filename, contentType, content, cid }) =>
      content === null || contentType === null ? [] : [{ filename, contentType, content, ...(cid ? { cid } : {}) }],
    ),
    linkedAttachments: stored.flatMap(({ filename, contentType, url, ifMissing }) =>
      url === null ? [] : [{ filename, contentType, url, ifMissing: ifMissing as LinkedAttachment['ifMissing'] }],
    ),
  };
}
