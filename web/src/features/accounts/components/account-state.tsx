import type { Account } from '../../../../../src/contract/accounts.ts';
import { StatusMark, type Tone } from '../../../components/status-mark.tsx';
import { Tip } from '../../../components/tip.tsx';
import { useClock } from '../../../lib/clock.ts';
import { withLocalTimes } from '../../../lib/times.ts';
import { strings } from '../strings.ts';
import styles from './accounts.module.css';

/** What people decided comes first, then what its server asked for. The reason is in a tooltip. */
export function AccountState({ account }: { account: Account }) {
  const { tone, word, icon } = lookOf(account);
  const clock = useClock();
  const why = account.stateReason ?? account.health.message;
  const mark = <StatusMark tone={tone} word={word} {...(icon ? { icon } : {})} />;
  if (why === null) return mark;
  return (
    <Tip label={withLocalTimes(why, clock)}>
      <span className={styles.standing}>{mark}</span>
    </Tip>
  );
}

interface Look {
  readonly tone: Tone;
  readonly word: string;
  readonly icon?: 'pause';
}

function lookOf({ state, health }: Account): Look {
  const { states } = strings;
  if (state === 'paused') return { tone: 'quiet', word: states.paused, icon: 'pause' };
  if (state === 'disabled') return { tone: 'bad', word: states.disabled };
  switch (health.state) {
    case 'reduced':
      return { tone: 'warning', word: states.reduced };
    case 'paused':
      return { tone: 'warning', word: states.waiting };
    case 'unreachable':
      return { tone: 'bad', word: states.unreachable };
    default:
      return { tone: 'good', word: states.active };
  }
}
