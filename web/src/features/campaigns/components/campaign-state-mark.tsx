import type { CampaignState } from '../../../../../src/contract/states.ts';
import { Icon, type IconName } from '../../../components/icon.tsx';
import { strings } from '../strings.ts';
import styles from './campaign-state-mark.module.css';

const ICONS: Readonly<Record<CampaignState, { icon: IconName; color: string } | null>> = {
  draft: { icon: 'pencil', color: 'var(--muted)' },
  delayed: { icon: 'clock', color: 'var(--muted)' },
  waiting: { icon: 'dotted', color: 'var(--muted)' },
  active: null,
  paused: { icon: 'pause', color: 'var(--ink)' },
  completed: { icon: 'check', color: 'var(--state-sent)' },
  failed: { icon: 'cross', color: 'var(--state-failed)' },
  cancelled: { icon: 'square', color: 'var(--muted)' },
};

/** Icon and word; what is being sent has the live dot instead of an icon. */
export function CampaignStateMark({ state, wordless = false }: { state: CampaignState; wordless?: boolean }) {
  const look = ICONS[state];
  return (
    <span className={styles.mark}>
      {look ? <Icon name={look.icon} color={look.color} /> : <span className={styles.live} aria-hidden="true" />}
      <span className={wordless ? 'unseen' : undefined}>{strings.states[state]}</span>
    </span>
  );
}
