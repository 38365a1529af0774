import type { ReactNode } from 'react';
import { Mark } from '../../../components/mark.tsx';
import styles from './door.module.css';

/** What stands in front of the dashboard: the mark, a title, one thing to do. */
export function Door({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className={styles.page}>
      <section className={styles.card} aria-labelledby="door-title">
        <Mark size={32} />
        <h1 id="door-title">{title}</h1>
        {children}
      </section>
    </main>
  );
}
