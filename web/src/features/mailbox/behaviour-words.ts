import type { SandboxBehaviour, SandboxRefusal } from '../../../../src/contract/sandbox.ts';
import { strings } from './strings.ts';

const words = strings.behaviour;

export const WELL_BEHAVED: SandboxBehaviour = { refuse: null, delayMs: 0, drop: null };

interface Whom {
  readonly matching: string;
  readonly sharePercent: number;
}

/** What is switched on, in words: `refuses 20 % of recipients with “550 5.1.1 …”, waits 200 ms`. Null: nothing. */
export function behaviourWords({ refuse, delayMs, drop }: SandboxBehaviour): string | null {
  const parts = [
    refuse && refusalWords(refuse),
    delayMs > 0 ? words.waits({ ms: delayMs }) : null,
    drop && (drop.keepMessage ? words.cutsAfter : words.cutsBefore)({ whom: whomWords(drop) }),
  ].filter((part) => part !== null);
  return parts.length === 0 ? null : parts.join(', ');
}

function refusalWords(refuse: SandboxRefusal): string {
  const refuses = refuse.firstAttemptOnly ? words.refusesFirst : words.refuses;
  return refuses({ whom: whomWords(refuse), reply: refuse.reply });
}

function whomWords({ matching, sharePercent }: Whom): string {
  const addresses = words.addresses({ text: matching });
  if (sharePercent >= 100) return matching === '' ? words.allRecipients : addresses;
  return words.someOf({ share: sharePercent, whom: matching === '' ? words.recipients : addresses });
}
