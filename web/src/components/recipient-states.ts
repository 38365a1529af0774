import type { RecipientState } from '../../../src/contract/states.ts';
import type { IconName } from './icon.tsx';

interface Look {
  readonly word: string;
  readonly icon: IconName;
  /** What the state means, for whoever asks. */
  readonly meaning: string;
}

/** Word, icon and meaning of each state; its colour is `--state-<name>` of tokens.css. */
export const LOOKS: Readonly<Record<RecipientState, Look>> = {
  sent: { word: 'sent', icon: 'check', meaning: 'The server took responsibility for the message.' },
  sending: { word: 'sending', icon: 'arrow', meaning: 'Handed over or about to be; no reply yet.' },
  deferred: { word: 'deferred', icon: 'clock', meaning: 'Refused for now, or not reached. It will be tried again.' },
  failed: { word: 'failed', icon: 'cross', meaning: 'Refused for good, too old, or it could not be rendered.' },
  unknown: {
    word: 'unknown',
    icon: 'question',
    meaning:
      'The connection or the program ended after the message was handed over and before the reply. It may have arrived, so it is not sent again by itself.',
  },
  excluded: {
    word: 'excluded',
    icon: 'barred',
    meaning: 'Left out before anything was sent: suppressed, unsubscribed, invalid or a duplicate.',
  },
  cancelled: { word: 'cancelled', icon: 'square', meaning: 'The campaign was cancelled first.' },
  pending: { word: 'pending', icon: 'dotted', meaning: 'Not handed to any server yet.' },
};

export function stateColor(state: RecipientState): string {
  return `var(--state-${state})`;
}
