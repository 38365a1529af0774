import { describe, expect, it } from 'vitest';
import { STATE_CODE } from '../domain/recipient-state.ts';
import { retryPolicy } from '../domain/retry-policy.ts';
import { REPLY_CLASSES, type ReplyClassName, replyClass } from '../mail/classify/reply-classes.ts';
import type { SendOutcome } from '../mail/transport.ts';
import { type VerdictContext, verdictOf } from './outcome.ts';

const NOW = new Date('2026-03-01T12:00:00Z');
const SOON = new Date(NOW.getTime() + 10_000);
const FIRST: VerdictContext = {
  attempt: 1,
  now: NOW,
  since: null,
  retry: retryPolicy(null),
  onUnknown: 'hold',
  goesOnAt: SOON,
};
const names = Object.keys(REPLY_CLASSES) as ReplyClassName[];
const refused = (name: ReplyClassName): SendOutcome => ({
  kind: 'refused',
  reply: { code: 451, enhanced: '4.7.1', text: `words of ${name}` },
  stage: 'rcpt-to',
  class: replyClass(name),
});
const lost: SendOutcome = { kind: 'unknown', stage: 'final-dot', message: 'the connection broke' };

describe('what a submission means for its recipient', () => {
  it('uses up an attempt for no class that is about the account or the pace', () => {
    for (const name of names) {
      const { action } = REPLY_CLASSES[name];
      const { charged, state } = verdictOf(refused(name), { ...FIRST, attempt: 99 });
      const kept = action === 'throttle' || action === 'pause-account' || action === 'disable-account';
      expect({ name, charged, deferred: state === STATE_CODE.deferred }).toEqual({
        name,
        charged: !kept,
        deferred: kept,
      });
    }
  });

  it('goes on when its account can again, or at once when another one can take it', () => {
    const throttled = refused('account-rate');
    expect(verdictOf(throttled, FIRST)).toMatchObject({ state: STATE_CODE.deferred, charged: false, dueAt: SOON });
    expect(verdictOf(throttled, { ...FIRST, goesOnAt: null })).toMatchObject({ charged: false, dueAt: null });
  });

  it('suppresses an address only for a permanent failure of the recipient', () => {
    for (const name of names) {
      const { subject, action } = REPLY_CLASSES[name];
      const { suppress, state } = verdictOf(refused(name), FIRST);
      if (suppress) expect([name, subject, action, state]).toEqual([name, 'recipient', 'fail', STATE_CODE.failed]);
    }
  });

  it('keeps code, class and words of the last reply when the attempts are used up', () => {
    expect(verdictOf(refused('mailbox-full'), { ...FIRST, attempt: 4 })).toMatchObject({
      state: STATE_CODE.failed,
      code: 451,
      class: 'mailbox-full',
      response: '451 4.7.1 words of mailbox-full',
      dueAt: null,
    });
  });

  it('puts a greylisted recipient off for at least five minutes, however hasty the campaign is', () => {
    const hasty = { ...FIRST, retry: retryPolicy({ delaysSeconds: [1, 1, 1] }) };
    const due = verdictOf(refused('greylisted'), hasty).dueAt?.getTime() ?? 0;
    expect(due - NOW.getTime()).toBeGreaterThanOrEqual(300_000);
    expect(verdictOf(refused('deferred'), hasty).dueAt?.getTime()).toBeLessThan(NOW.getTime() + 2000);
  });

  it('counts the longest time from when the recipient was first put off, not from the launch', () => {
    const retry = retryPolicy({ maxAgeSeconds: 3600 });
    const at = (since: Date | null) => verdictOf(refused('rate-limited'), { ...FIRST, retry, since });
    expect(at(null)).toMatchObject({ state: STATE_CODE.deferred, since: NOW });
    const halfAnHour = new Date(NOW.getTime() - 1_800_000);
    expect(at(halfAnHour)).toMatchObject({ state: STATE_CODE.deferred, since: halfAnHour });
    expect(at(new Date(NOW.getTime() - 3_600_001))).toMatchObject({
      state: STATE_CODE.failed,
      class: 'too-old',
      code: 451,
      response: '451 4.7.1 words of rate-limited',
    });
  });

  it('sends a lost reply again only where that was asked for, and not for ever', () => {
    expect(verdictOf(lost, FIRST)).toMatchObject({ state: STATE_CODE.unknown, class: 'reply-lost' });
    const resend = { ...FIRST, onUnknown: 'resend' as const };
    expect(verdictOf(lost, resend)).toMatchObject({ state: STATE_CODE.deferred, charged: true });
    expect(verdictOf(lost, { ...resend, attempt: 4 })).toMatchObject({ state: STATE_CODE.unknown });
  });

  it('puts what was taken back where it came from, as if nothing had happened', () => {
    const recalled: SendOutcome = { kind: 'recalled', stage: 'mail-from', message: 'taken back' };
    expect(verdictOf(recalled, FIRST)).toMatchObject({
      state: STATE_CODE.pending,
      charged: false,
      code: null,
      class: null,
      response: null,
    });
  });
});
