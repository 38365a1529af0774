import type { BounceMailbox } from '../../../../src/contract/bounce-mailboxes.ts';
import type { Tone } from '../../components/status-mark.tsx';
import { strings } from './strings.ts';

export function lookOfMailbox({ enabled, error, checkedAt }: BounceMailbox): { tone: Tone; word: string } {
  if (!enabled) return { tone: 'quiet', word: strings.states.off };
  if (error !== null) return { tone: 'bad', word: strings.states.failing };
  if (checkedAt === null) return { tone: 'busy', word: strings.states.waiting };
  return { tone: 'good', word: strings.states.fine };
}
