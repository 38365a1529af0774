import type { Domain, DomainFinding } from '../../../../src/contract/domains.ts';
import type { Tone } from '../../components/status-mark.tsx';
import { strings } from './strings.ts';

interface Look {
  readonly tone: Tone;
  readonly word: string;
}

export function lookOfDomain({ state }: Domain): Look {
  const word = strings.states[state as keyof typeof strings.states];
  return { tone: state === 'ready' ? 'good' : state === 'faulty' ? 'warning' : 'busy', word };
}

/** What is only advice never looks bad. */
export function lookOfFinding({ state, isAdvice }: DomainFinding): Look {
  const word = strings.findingStates[state as keyof typeof strings.findingStates];
  if (state === 'ok') return { tone: 'good', word };
  if (state === 'unknown') return { tone: 'quiet', word };
  return { tone: isAdvice ? 'warning' : 'bad', word };
}

/** `RSA and Ed25519`. */
export function signsWith({ keys, verifiedAt }: Domain): string {
  const active = new Set(keys.filter(({ state }) => state === 'active').map(({ algorithm }) => algorithm));
  const words = strings.signsWith;
  if (verifiedAt === null || active.size === 0) return words.none;
  return active.size === 2 ? words.both : active.has('rsa') ? words.rsa : words.ed25519;
}

const ORDER: Readonly<Record<string, number>> = { missing: 0, wrong: 0, unknown: 1, ok: 2 };

/** What is to be done first, advice behind it, what is well last. */
export function byUrgency(a: DomainFinding, b: DomainFinding): number {
  return (ORDER[a.state] ?? 0) - (ORDER[b.state] ?? 0) || Number(a.isAdvice) - Number(b.isAdvice);
}
