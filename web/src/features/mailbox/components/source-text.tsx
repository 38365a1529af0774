import { ProblemNote } from '../../../components/problem-note.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { useSource } from '../api/get-source.ts';
import styles from './source-text.module.css';

/** The message as it crossed the wire. */
export function SourceText({ id }: { id: string }) {
  const source = useSource(id);
  if (source.isError) return <ProblemNote error={source.error} onRetry={() => void source.refetch()} />;
  if (source.isPending) return <Skeleton height={200} />;
  return <pre className={`mono ${styles.source}`}>{source.data}</pre>;
}
