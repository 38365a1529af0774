import { Icon, type IconName } from './icon.tsx';
import styles from './state-mark.module.css';

export type Tone = 'good' | 'busy' | 'warning' | 'bad' | 'quiet';

const LOOKS: Readonly<Record<Tone, { readonly icon: IconName; readonly color: string }>> = {
  good: { icon: 'check', color: 'var(--state-sent)' },
  busy: { icon: 'arrow', color: 'var(--state-sending)' },
  warning: { icon: 'warning', color: 'var(--state-deferred)' },
  bad: { icon: 'cross', color: 'var(--state-failed)' },
  quiet: { icon: 'dotted', color: 'var(--muted)' },
};

/** How something is: an icon in the colour of its tone, and always the word. */
export function StatusMark({ tone, word, icon }: { tone: Tone; word: string; icon?: IconName }) {
  return (
    <span className={styles.mark}>
      <Icon name={icon ?? LOOKS[tone].icon} color={LOOKS[tone].color} />
      {word}
    </span>
  );
}
