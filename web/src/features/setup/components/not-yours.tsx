import { Link } from 'react-router';
import { Mark } from '../../../components/mark.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { usePageTitle } from '../../../lib/page-title.ts';
import { strings } from '../strings.ts';
import styles from './setup.module.css';

/** The set-up for who came without a link, or with one that counts no more; and while the link is being used. */
export function NotYours({ isOpening, error }: { isOpening: boolean; error: Error | null }) {
  usePageTitle(strings.title);
  return (
    <main className={styles.page}>
      <div className={styles.column}>
        <Mark size={32} />
        <h1>{strings.title}</h1>
        {isOpening ? <p role="status">{strings.byLink}</p> : <p>{strings.notYours}</p>}
        {error ? <ProblemNote error={error} /> : null}
        {isOpening ? null : <Link to="/login">{strings.login}</Link>}
      </div>
    </main>
  );
}
