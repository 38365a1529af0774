import { Link } from 'react-router';
import { Icon } from '../components/icon.tsx';
import { Tip } from '../components/tip.tsx';
import { countText } from '../lib/numbers.ts';
import { Crumbs } from './crumbs.tsx';
import { strings } from './strings.ts';
import styles from './topbar.module.css';

interface TopbarProps {
  readonly sending: number;
  /** Whether events arrive. */
  readonly live: boolean;
  readonly onMenu: () => void;
}

/** Where one is, and what the program is doing meanwhile. */
export function Topbar({ sending, live, onMenu }: TopbarProps) {
  return (
    <section className={styles.topbar} aria-label={strings.topbar}>
      <button type="button" className={styles.menu} aria-label={strings.menu} aria-haspopup="dialog" onClick={onMenu}>
        <Icon name="menu" />
      </button>
      <Crumbs />
      <div className={styles.doing} role="status">
        {live ? null : (
          <Tip label={strings.reconnectingWhy}>
            <span className={styles.reconnecting}>
              <Icon name="refresh" />
              {strings.reconnecting}
            </span>
          </Tip>
        )}
        {sending > 0 ? (
          <Link to="/?show=sending" className={styles.sending}>
            <span className={styles.dot} aria-hidden="true" />
            {countText(sending)} {strings.sending}
          </Link>
        ) : null}
      </div>
    </section>
  );
}
