import type { RecipientState } from '../../../src/contract/states.ts';
import { Icon } from './icon.tsx';
import { lookOf, stateColor } from './recipient-states.ts';
import styles from './state-mark.module.css';

/** Icon and word of a recipient's state. Grey states keep the ink of text: their own colour is too faint for a line. */
export function StateMark({ state }: { state: RecipientState }) {
  const faint = state === 'pending' || state === 'cancelled';
  return (
    <span className={styles.mark}>
      <Icon name={lookOf(state).icon} color={faint ? 'var(--muted)' : stateColor(state)} />
      {lookOf(state).word}
    </span>
  );
}
