import type { LedgerRecipient } from '../../../src/contract/campaigns.ts';
import type { RecipientState } from '../../../src/contract/states.ts';
import { strings } from './strings.ts';

const words = strings.story;

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

/** What became of one recipient, first things first. Says only what the ledger knows. */
export function storyOf(recipient: LedgerRecipient, accountName: string | undefined): Chapter[] {
  const state = recipient.state as RecipientState;
  const chapters: Chapter[] = [{ id: 'written', title: words.written({ seq: recipient.seq }) }];
  if (recipient.attempts > 0) {
    chapters.push({
      id: 'handed',
      title: words.handed({ account: accountName ?? words.anAccount }),
      ...(recipient.attempts > 1 ? { detail: words.attempts({ count: recipient.attempts }) } : {}),
    });
  }
  chapters.push(...endOf(state, recipient));
  for (const [i, event] of recipient.events.entries()) {
    chapters.push({
      id: `event-${i}`,
      title: wordOf(words.events, event.type),
      at: event.at,
      ...(event.note === undefined ? {} : { detail: event.note }),
    });
  }
  return chapters;
}

function endOf(state: RecipientState, recipient: LedgerRecipient): Chapter[] {
  const reply = recipient.response ? { reply: recipient.response } : {};
  const kind = recipient.class ? { detail: words.understood({ kind: recipient.class.replaceAll('-', ' ') }) } : {};
  switch (state) {
    case 'pending':
      return [{ id: 'end', title: words.pending }];
    case 'sending':
      return [{ id: 'end', title: words.sending }];
    case 'sent':
      return [
        {
          id: 'end',
          title: words.sent,
          ...(recipient.sentAt ? { at: recipient.sentAt } : {}),
          ...reply,
        },
      ];
    case 'deferred':
      return [
        { id: 'end', title: words.deferred, ...kind, ...reply },
        { id: 'next', title: words.next, ...(recipient.nextAttemptAt ? { at: recipient.nextAttemptAt } : {}) },
      ];
    case 'failed':
      return [{ id: 'end', title: words.failed, ...kind, ...reply }];
    case 'excluded':
      return [
        {
          id: 'end',
          title: words.excluded,
          detail: recipient.reason === null ? words.noReason : wordOf(words.reasons, recipient.reason),
        },
      ];
    case 'unknown':
      return [
        {
          id: 'end',
          title: words.unknown,
          detail: words.unknownWhy,
          ...reply,
        },
      ];
    case 'cancelled':
      return [{ id: 'end', title: words.cancelled, detail: words.nothingSent }];
  }
}

/** Of a name the server gives; the name itself where it is newer than the words. */
function wordOf(known: Readonly<Record<string, string>>, name: string): string {
  return known[name] ?? name;
}
