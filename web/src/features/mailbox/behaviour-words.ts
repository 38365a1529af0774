import type { SandboxBehaviour } from '../../../../src/contract/sandbox.ts';

export const WELL_BEHAVED: SandboxBehaviour = { refuse: null, delayMs: 0, drop: null };

interface Whom {
  readonly matching: string;
  readonly sharePercent: number;
}

/** What is switched on, in words: `refuses 20 % of recipients with “550 5.1.1 …”, waits 200 ms`. Null: nothing. */
export function behaviourWords({ refuse, delayMs, drop }: SandboxBehaviour): string | null {
  const parts = [
    refuse &&
      `refuses ${whomWords(refuse)}${refuse.firstAttemptOnly ? ' at the first attempt' : ''} with “${refuse.reply}”`,
    delayMs > 0 ? `waits ${delayMs} ms before each reply` : null,
    drop && `cuts the connection ${drop.keepMessage ? 'after' : 'before'} keeping messages to ${whomWords(drop)}`,
  ].filter((part) => part !== null);
  return parts.length === 0 ? null : parts.join(', ');
}

function whomWords({ matching, sharePercent }: Whom): string {
  const who = matching === '' ? 'recipients' : `addresses that hold “${matching}”`;
  return sharePercent >= 100 ? (matching === '' ? 'all recipients' : who) : `${sharePercent} % of ${who}`;
}
