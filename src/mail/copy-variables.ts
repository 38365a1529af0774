import { type LinkTokens, markOf } from '../domain/link-tokens.ts';
import type { RecipientTokens } from '../domain/tokens.ts';
import type { CopyLinks, MessageVariables } from './message.ts';

/** What all copies of a send have in common, apart from what they say. */
export interface CopySource {
  readonly sendId: string;
  /** The domain behind the @ of every Message-ID. */
  readonly messageIdDomain: string;
  readonly feedbackId: string;
  /** The message has `{{webVersionUrl}}` in it. */
  readonly showsWebVersion: boolean;
}

/** A row of the ledger. */
export interface CopyRow {
  readonly seq: number;
  readonly email: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface CopyTools {
  readonly tokens: RecipientTokens;
  readonly linkTokens: LinkTokens;
  readonly baseUrl: string;
}

/** What differs from copy to copy, from a ledger row. The same for every attempt but the date. */
export function copyVariables(
  source: CopySource,
  row: CopyRow,
  { tokens, linkTokens, baseUrl }: CopyTools,
  links?: CopyLinks,
): MessageVariables {
  const ref = { sendId: source.sendId, seq: row.seq };
  const { unsubscribeToken, messageIdLocalPart } = tokens.forRecipient(ref);
  const name = row.data.name;
  const variables = {
    to: { address: row.email, ...(typeof name === 'string' && name !== '' ? { name } : {}) },
    data: row.data,
    messageId: `${messageIdLocalPart}@${source.messageIdDomain}`,
    date: new Date(),
    unsubscribeUrl: `${baseUrl}/u/${unsubscribeToken}`,
    feedbackId: source.feedbackId,
    ...(links && { links }),
  };
  if (!source.showsWebVersion) return variables;
  const [token] = linkTokens.ofCopy(ref, [markOf('view')]);
  return { ...variables, webVersionUrl: `${baseUrl}/v/${token}` };
}
