import type { GatedRow } from '../db/hot/gate-rows.ts';
import type { RecipientTokens } from '../domain/tokens.ts';
import { refusesTracking } from '../domain/tracking-consent.ts';
import { type CopyTools, copyVariables } from '../mail/copy-variables.ts';
import type { MessageParts, MessageVariables } from '../mail/message.ts';
import type { SendPlan } from './plan.ts';

/** What differs from copy to copy. Who does not want to be followed gets every link as it was written. */
function variablesOf(plan: SendPlan, row: GatedRow, tools: CopyTools): MessageVariables {
  const { links } = plan;
  if (links === null) return copyVariables(plan, row, tools);
  const isFollowed = !links.refused.has(row.seq) && !refusesTracking(row.data);
  return copyVariables(plan, row, tools, links.linker.of({ sendId: plan.sendId, seq: row.seq }, isFollowed));
}

/** The bytes of one copy; throws a MessageError when this recipient's data cannot be rendered. */
export function renderRow(plan: SendPlan, row: GatedRow, tools: CopyTools): Buffer {
  return plan.message.render(variablesOf(plan, row, tools));
}

/** The same copy in pieces, for a provider that puts it together itself; throws as `renderRow` does. */
export function rowParts(plan: SendPlan, row: GatedRow, tools: CopyTools): MessageParts {
  return plan.message.parts(variablesOf(plan, row, tools));
}

/** What the provider's events will name the copy by: the part of its Message-ID before the @. */
export function rowReference({ sendId }: SendPlan, { seq }: GatedRow, tokens: RecipientTokens): string {
  return tokens.forRecipient({ sendId, seq }).messageIdLocalPart;
}
