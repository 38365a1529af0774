import type { GatedRow } from '../db/hot/gate-rows.ts';
import type { RecipientTokens } from '../domain/tokens.ts';
import { refusesTracking } from '../domain/tracking-consent.ts';
import { type CopyTools, copyVariables } from '../mail/copy-variables.ts';
import type { Attachment, MessageParts, MessageVariables } from '../mail/message.ts';
import type { SendPlan } from './plan.ts';

/** What this recipient has of his own. */
type Files = readonly Attachment[];

/** What differs from copy to copy. Who does not want to be followed gets every link as it was written. */
function variablesOf(plan: SendPlan, row: GatedRow, tools: CopyTools, files?: Files): MessageVariables {
  const { links } = plan;
  const isFollowed = links !== null && !links.refused.has(row.seq) && !refusesTracking(row.data);
  const linked = links?.linker.of({ sendId: plan.sendId, seq: row.seq }, isFollowed);
  const variables = copyVariables(plan, row, tools, linked);
  return files === undefined ? variables : { ...variables, files };
}

/** The bytes of one copy; throws a MessageError when this recipient's data cannot be rendered. */
export function renderRow(plan: SendPlan, row: GatedRow, tools: CopyTools, files?: Files): Buffer {
  return plan.message.render(variablesOf(plan, row, tools, files));
}

/** The same copy in pieces, for a provider that puts it together itself; throws as `renderRow` does. */
export function rowParts(plan: SendPlan, row: GatedRow, tools: CopyTools, files?: Files): MessageParts {
  return plan.message.parts(variablesOf(plan, row, tools, files));
}

/** What the provider's events will name the copy by: the part of its Message-ID before the @. */
export function rowReference({ sendId }: SendPlan, { seq }: GatedRow, tokens: RecipientTokens): string {
  return tokens.forRecipient({ sendId, seq }).messageIdLocalPart;
}
