import type { RecipientState } from '../../../src/contract/states.ts';
import type { IconName } from './icon.tsx';
import { strings } from './strings.ts';

const ICONS: Readonly<Record<RecipientState, IconName>> = {
  sent: 'check',
  sending: 'arrow',
  deferred: 'clock',
  failed: 'cross',
  unknown: 'question',
  excluded: 'barred',
  cancelled: 'square',
  pending: 'dotted',
};

interface Look {
  readonly word: string;
  readonly icon: IconName;
  /** What the state means, for whoever asks. */
  readonly meaning: string;
}

/** Word, icon and meaning of a state; its colour is `--state-<name>` of tokens.css. */
export function lookOf(state: RecipientState): Look {
  const { word, meaning } = strings.states[state];
  return { word, meaning, icon: ICONS[state] };
}

export function stateColor(state: RecipientState): string {
  return `var(--state-${state})`;
}
