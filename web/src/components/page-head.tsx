import type { ReactNode } from 'react';
import styles from './page-head.module.css';

interface PageHeadProps {
  readonly title: ReactNode;
  /** One sentence on what the page is for. */
  readonly lead?: ReactNode;
  /** Buttons; the one that matters most comes last. */
  readonly children?: ReactNode;
}

/** What every page begins with. */
export function PageHead({ title, lead, children }: PageHeadProps) {
  return (
    <header className={styles.head}>
      <div className={styles.words}>
        <h1 className={styles.title}>{title}</h1>
        {lead === undefined ? null : <p className="muted">{lead}</p>}
      </div>
      {children === undefined ? null : <div className={styles.actions}>{children}</div>}
    </header>
  );
}
