import { Link } from 'react-router';
import { countText } from '../lib/numbers.ts';
import styles from './filter-tabs.module.css';

export interface FilterTab {
  readonly id: string;
  readonly label: string;
  /** Undefined until it is known; left out where nothing is counted. */
  readonly count?: number | undefined;
  readonly to: string;
}

/** One of a few views of the same list, with how many each holds. Links, so that they can be opened and shared. */
export function FilterTabs({ label, tabs, current }: { label: string; tabs: readonly FilterTab[]; current: string }) {
  return (
    <nav aria-label={label} className={styles.scroll}>
      <ul className={styles.tabs}>
        {tabs.map((tab) => (
          <li key={tab.id}>
            <Link to={tab.to} className={styles.tab} aria-current={tab.id === current ? 'true' : undefined} replace>
              {tab.label}
              {'count' in tab ? (
                <span className={styles.count}>{tab.count === undefined ? ' ' : countText(tab.count)}</span>
              ) : null}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
