import { Navigate, useLocation } from 'react-router';
import { ProblemNote } from '../components/problem-note.tsx';
import { useMe } from '../features/session/api/get-me.ts';
import { Frame } from './frame.tsx';
import styles from './session-gate.module.css';

/** Nobody sees a page before the server said who they are; whoever is nobody logs in first. */
export function SessionGate() {
  const me = useMe();
  const { pathname, search } = useLocation();
  if (me.isPending) return null;
  if (me.data) return <Frame me={me.data} />;
  if (me.isError) {
    return (
      <main className={styles.page}>
        <ProblemNote error={me.error} onRetry={() => void me.refetch()} />
      </main>
    );
  }
  const here = pathname + search;
  return <Navigate to={here === '/' ? '/login' : `/login?next=${encodeURIComponent(here)}`} replace />;
}
