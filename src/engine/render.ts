import type { GatedRow } from '../db/hot/gate-rows.ts';
import { addressNeedsSmtpUtf8 } from '../domain/email-address.ts';
import type { RecipientTokens } from '../domain/tokens.ts';
import type { MessageVariables } from '../mail/message.ts';
import type { OutgoingMessage } from '../mail/transport.ts';
import type { SendPlan } from './plan.ts';

/** What differs from copy to copy, from a ledger row. The same for every attempt but the date. */
function variablesOf(
  plan: Pick<SendPlan, 'sendId' | 'messageIdDomain' | 'feedbackId'>,
  row: Pick<GatedRow, 'seq' | 'email' | 'data'>,
  tokens: RecipientTokens,
  baseUrl: string,
): MessageVariables {
  const { unsubscribeToken, messageIdLocalPart } = tokens.forRecipient({ sendId: plan.sendId, seq: row.seq });
  const name = row.data.name;
  return {
    to: { address: row.email, ...(typeof name === 'string' && name !== '' ? { name } : {}) },
    data: row.data,
    messageId: `${messageIdLocalPart}@${plan.messageIdDomain}`,
    date: new Date(),
    unsubscribeUrl: `${baseUrl}/u/${unsubscribeToken}`,
    feedbackId: plan.feedbackId,
  };
}

export function renderRow(
  plan: SendPlan,
  row: GatedRow,
  tokens: RecipientTokens,
  baseUrl: string,
  way: Pick<OutgoingMessage, 'recall' | 'onHandOver'>,
): OutgoingMessage {
  const content = plan.message.render(variablesOf(plan, row, tokens, baseUrl));
  const needsSmtpUtf8 = addressNeedsSmtpUtf8(row.email);
  return { envelopeFrom: plan.envelopeFrom, envelopeTo: row.email, content, isWireReady: true, needsSmtpUtf8, ...way };
}
