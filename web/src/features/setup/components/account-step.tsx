import type { ReactNode } from 'react';
import { Button } from '../../../components/button.tsx';
import { strings } from '../strings.ts';
import styles from './setup.module.css';

/** Around the choice of a server, or the form of the one that was chosen: the way on without any. */
export function AccountStep({ children, onStay }: { children: ReactNode; onStay: () => void }) {
  const words = strings.account;
  return (
    <section className={styles.card} aria-labelledby="setup-account">
      <h2 id="setup-account">{words.title}</h2>
      <p className="muted">{words.words}</p>
      {children}
      <div className={styles.stay}>
        <Button onClick={onStay}>{words.stay}</Button>
        <p className="muted">{words.stayHint}</p>
      </div>
    </section>
  );
}
