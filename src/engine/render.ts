import type { GatedRow } from '../db/hot/gate-rows.ts';
import type { RecipientTokens } from '../domain/tokens.ts';
import type { MessageVariables } from '../mail/message.ts';
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

/** The bytes of one copy; throws a MessageError when this recipient's data cannot be rendered. */
export function renderRow(plan: SendPlan, row: GatedRow, tokens: RecipientTokens, baseUrl: string): Buffer {
  return plan.message.render(variablesOf(plan, row, tokens, baseUrl));
}
