import { Link } from 'react-router';
import { Icon } from '../components/icon.tsx';
import { Tip } from '../components/tip.tsx';
import { Crumbs } from './crumbs.tsx';
import { PALETTE_KEY } from './shortcuts.ts';
import { strings } from './strings.ts';
import styles from './topbar.module.css';

interface TopbarProps {
  readonly sending: number;
  /** That nobody has seen yet. */
  readonly alerts: number;
  /** Whether events arrive. */
  readonly live: boolean;
  readonly onMenu: () => void;
  readonly onSearch: () => void;
}

/** Where one is, and what the program is doing meanwhile. */
export function Topbar({ sending, alerts, live, onMenu, onSearch }: TopbarProps) {
  return (
    <section className={styles.topbar} aria-label={strings.topbar}>
      <button type="button" className={styles.menu} aria-label={strings.menu} aria-haspopup="dialog" onClick={onMenu}>
        <Icon name="menu" />
      </button>
      <Crumbs />
      <button type="button" className={styles.search} aria-haspopup="dialog" onClick={onSearch}>
        <Icon name="search" />
        <span className={styles.words}>{strings.palette.open}</span>
        <kbd className={styles.words}>{PALETTE_KEY}</kbd>
      </button>
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
          <Link to="/campaigns?show=sending" className={styles.sending}>
            <span className={styles.dot} aria-hidden="true" />
            {strings.sending({ count: sending })}
          </Link>
        ) : null}
        {alerts > 0 ? (
          <Link to="/alerts" className={styles.sending}>
            <Icon name="warning" color="var(--danger)" />
            {strings.alerts({ count: alerts })}
          </Link>
        ) : null}
      </div>
    </section>
  );
}
