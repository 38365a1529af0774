import type { ReactNode } from 'react';
import styles from './empty-state.module.css';

interface EmptyStateProps {
  /** One small line drawing, 64 by 48: see drawings.tsx. */
  readonly drawing?: ReactNode;
  readonly title: string;
  /** What belongs here, and why somebody would want it. */
  readonly children: ReactNode;
  /** The one thing to do now. */
  readonly action?: ReactNode;
}

/** A place before anything is in it: teaches what it is for. */
export function EmptyState({ drawing, title, children, action }: EmptyStateProps) {
  return (
    <div className={styles.empty}>
      {drawing}
      <h2>{title}</h2>
      <div className={styles.words}>{children}</div>
      {action}
    </div>
  );
}
