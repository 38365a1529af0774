import { lazy, Suspense, useEffect, useState } from 'react';
import { Navigate, useLocation } from 'react-router';
import { ProblemNote } from '../components/problem-note.tsx';
import { useMe } from '../features/session/api/get-me.ts';
import { useLogOut } from '../features/session/api/log-out.ts';
import { Frame } from './frame.tsx';
import styles from './session-gate.module.css';

const MustEnrolPage = lazy(async () => ({
  default: (await import('../features/settings/components/must-enrol-page.tsx')).MustEnrolPage,
}));

/** Nobody sees a page before the server said who they are; whoever is nobody logs in first, and who owes a second factor sets one up. */
export function SessionGate() {
  const me = useMe();
  const logOut = useLogOut();
  const isDue = me.data?.secondFactor.due ?? false;
  // Recovery codes are still to be read when the factor is there.
  const [isEnrolling, setEnrolling] = useState(false);
  useEffect(() => {
    if (isDue) setEnrolling(true);
  }, [isDue]);
  const { pathname, search } = useLocation();
  if (me.isPending) return null;
  if (me.data && (isDue || isEnrolling)) {
    return (
      <Suspense fallback={null}>
        <MustEnrolPage me={me.data} onEnrolled={() => setEnrolling(false)} onLogOut={() => logOut.mutate()} />
      </Suspense>
    );
  }
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
