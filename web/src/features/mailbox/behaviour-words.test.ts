import { describe, expect, it } from 'vitest';
import { behaviourWords, WELL_BEHAVED } from './behaviour-words.ts';

describe('what the mailbox does, in words', () => {
  it('is nothing when it behaves', () => {
    expect(behaviourWords(WELL_BEHAVED)).toBeNull();
  });

  it('names every trouble and whom it meets', () => {
    const refuse = { reply: '550 5.1.1 gone', firstAttemptOnly: false, matching: '', sharePercent: 20 };
    const drop = { keepMessage: false, matching: '@a.test', sharePercent: 100 };
    expect(behaviourWords({ refuse, delayMs: 200, drop })).toBe(
      'refuses 20 % of recipients with “550 5.1.1 gone”, waits 200 ms before each reply, cuts the connection before keeping messages to addresses that hold “@a.test”',
    );
  });
});
