import type { LedgerRecipient } from '../../../../src/contract/campaigns.ts';
import type { RecipientState } from '../../../../src/contract/states.ts';
import { countText } from '../../lib/numbers.ts';

/** One thing that happened to a recipient, or will. */
export interface Chapter {
  readonly id: string;
  readonly title: string;
  readonly detail?: string;
  /** ISO time, when it is known. */
  readonly at?: string;
  /** The other side's own words, shown in mono. */
  readonly reply?: string;
}

const REASONS: Readonly<Record<string, string>> = {
  invalid: 'The address is not valid.',
  duplicate: 'The same address stands earlier in the audience; it gets one copy there.',
  suppressed: 'The address is on the suppression list.',
  unsubscribed: 'The person has unsubscribed.',
};

const EVENTS: Readonly<Record<string, string>> = {
  delivered: 'Delivered',
  bounced: 'Bounced after it was accepted',
  complained: 'Marked as spam by the recipient',
  opened: 'Opened',
  clicked: 'A link was clicked',
  unsubscribed: 'Unsubscribed',
};

/** What became of one recipient, first things first. Says only what the ledger knows. */
export function storyOf(recipient: LedgerRecipient, accountName: string | undefined): Chapter[] {
  const state = recipient.state as RecipientState;
  const chapters: Chapter[] = [
    { id: 'written', title: `Written into the ledger as number ${countText(recipient.seq)}` },
  ];
  if (recipient.attempts > 0) {
    chapters.push({
      id: 'handed',
      title: `Handed to ${accountName ?? 'a sending account'}`,
      ...(recipient.attempts > 1
        ? { detail: `${recipient.attempts} attempts in all; this is about the last one.` }
        : {}),
    });
  }
  chapters.push(...endOf(state, recipient));
  for (const [i, event] of recipient.events.entries()) {
    chapters.push({ id: `event-${i}`, title: EVENTS[event.type] ?? event.type, at: event.at });
  }
  return chapters;
}

function endOf(state: RecipientState, recipient: LedgerRecipient): Chapter[] {
  const reply = recipient.response ? { reply: recipient.response } : {};
  const kind = recipient.class ? { detail: `Understood as ${recipient.class.replaceAll('-', ' ')}.` } : {};
  switch (state) {
    case 'pending':
      return [{ id: 'end', title: 'Waits to be handed to a server' }];
    case 'sending':
      return [{ id: 'end', title: 'Handed over or about to be; no reply yet' }];
    case 'sent':
      return [
        {
          id: 'end',
          title: 'The server took responsibility',
          ...(recipient.sentAt ? { at: recipient.sentAt } : {}),
          ...reply,
        },
      ];
    case 'deferred':
      return [
        { id: 'end', title: 'Refused for now, or not reached', ...kind, ...reply },
        { id: 'next', title: 'The next attempt', ...(recipient.nextAttemptAt ? { at: recipient.nextAttemptAt } : {}) },
      ];
    case 'failed':
      return [{ id: 'end', title: 'Refused for good', ...kind, ...reply }];
    case 'excluded':
      return [
        {
          id: 'end',
          title: 'Left out before anything was sent',
          detail: REASONS[recipient.reason ?? ''] ?? recipient.reason ?? 'No reason was recorded.',
        },
      ];
    case 'unknown':
      return [
        {
          id: 'end',
          title: 'No reply came back',
          detail:
            'The connection or the program ended after the message was handed over. It may have arrived, so it is not sent again by itself.',
          ...reply,
        },
      ];
    case 'cancelled':
      return [{ id: 'end', title: 'The campaign was cancelled first', detail: 'Nothing was sent.' }];
  }
}
