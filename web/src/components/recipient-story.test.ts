import { describe, expect, it } from 'vitest';
import type { LedgerRecipient } from '../../../src/contract/campaigns.ts';
import { RECIPIENT_STATES } from '../../../src/contract/states.ts';
import { storyOf } from './recipient-story.ts';

const recipient: LedgerRecipient = {
  seq: 7,
  email: 'ada@example.com',
  state: 'sent',
  attempts: 2,
  accountId: 'a',
  variant: null,
  sentAs: null,
  messageId: '<7@a.test>',
  response: '250 2.0.0 Ok',
  code: 250,
  class: null,
  reason: null,
  sentAt: '2026-11-22T12:00:00.000Z',
  nextAttemptAt: null,
  events: [{ type: 'opened', at: '2026-11-22T12:05:00.000Z' }],
};
const titles = (change: Partial<LedgerRecipient>) =>
  storyOf({ ...recipient, ...change }, 'main').map((one) => one.title);

describe('the story of a recipient', () => {
  it('goes from the ledger to the reply and what came after, with the server’s words', () => {
    const story = storyOf(recipient, 'main');
    expect(story.map((chapter) => chapter.title)).toEqual([
      'Written into the ledger as number 7',
      'Handed to main',
      'The server took responsibility',
      'Opened',
    ]);
    expect(story[1]?.detail).toContain('2 attempts');
    expect(story[2]).toMatchObject({ reply: '250 2.0.0 Ok', at: recipient.sentAt });
  });

  it('tells why a message came back', () => {
    const bounce = { type: 'bounced', at: '2026-11-22T12:05:00.000Z', note: 'for good: The mailbox does not exist.' };
    const story = storyOf({ ...recipient, events: [bounce] }, 'main');
    expect(story.at(-1)).toMatchObject({ title: 'Bounced after it was accepted', detail: bounce.note });
  });

  it('says nothing of a hand-over when there was none', () => {
    const untouched = { attempts: 0, accountId: null, response: null, events: [], sentAt: null };
    expect(titles({ ...untouched, state: 'excluded', reason: 'unsubscribed' })).toEqual([
      'Written into the ledger as number 7',
      'Left out before anything was sent',
    ]);
    expect(titles({ ...untouched, state: 'cancelled' }).at(-1)).toBe('It was cancelled first');
  });

  it('has an end for every state, and the next attempt for what is deferred', () => {
    for (const state of RECIPIENT_STATES) expect(titles({ state }).length).toBeGreaterThan(2);
    expect(titles({ state: 'deferred' })).toContain('The next attempt');
  });
});
