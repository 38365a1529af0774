import { Link, useParams } from 'react-router';
import type { ImportStatus } from '../../../../../src/contract/imports.ts';
import { Card } from '../../../components/card.tsx';
import { Moment } from '../../../components/moment.tsx';
import page from '../../../components/page.module.css';
import { PageHead } from '../../../components/page-head.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { ProgressLine } from '../../../components/progress-line.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { StatusMark } from '../../../components/status-mark.tsx';
import { useOperation } from '../../../components/use-operation.ts';
import { useCan } from '../../../lib/access.ts';
import { usePageTitle } from '../../../lib/page-title.ts';
import { useImport } from '../api/get-import.ts';
import { isOpen, lookOf } from '../import-state.ts';
import { strings } from '../strings.ts';
import { CancelImport } from './cancel-import.tsx';
import { ImportCounts } from './import-counts.tsx';
import { ImportDecision } from './import-decision.tsx';
import { ImportFindings } from './import-findings.tsx';
import styles from './import-page.module.css';
import { ImportRejects } from './import-rejects.tsx';

/** One file: looked at, decided on, imported, and what became of it; whoever comes back finds it where it is. */
export function ImportPage() {
  const { id = '' } = useParams();
  const status = useImport(id);
  if (status.isPending)
    return (
      <div className={page.page} role="status" aria-label={strings.loading}>
        <Skeleton width={240} height={28} />
        <Skeleton height={160} />
      </div>
    );
  if (status.isError) return <ProblemNote error={status.error} onRetry={() => void status.refetch()} />;
  return <Loaded key={id} status={status.data} />;
}

function Loaded({ status }: { status: ImportStatus }) {
  const isEditor = useCan('editor');
  const name = status.filename ?? strings.byApi;
  usePageTitle(name);
  const open = isOpen(status);
  const isWaiting = status.dryRun && (open || status.startable);
  return (
    <div className={page.page}>
      <PageHead
        title={name}
        lead={
          <span className={styles.lead}>
            <StatusMark {...lookOf(status)} />
            <Moment iso={status.createdAt} />
          </span>
        }
      >
        {open ? <CancelImport status={status} /> : null}
      </PageHead>
      {status.error === null ? null : (
        <p className={styles.error} role="alert">
          <strong>{strings.result.failed}</strong> {status.error}
        </p>
      )}
      {open ? <Going status={status} /> : null}
      {isWaiting && isEditor ? <ImportDecision status={status} /> : <Result status={status} />}
    </div>
  );
}

function Going({ status }: { status: ImportStatus }) {
  const operation = useOperation(status.importId);
  const done = operation?.processed ?? 0;
  const total = operation && operation.total > done ? operation.total : null;
  return (
    <Card>
      <ProgressLine
        label={status.dryRun ? strings.looking : strings.importing}
        percent={operation?.progress ?? status.progress}
        done={done}
        total={total}
        rate={operation?.rate ?? 0}
        etaSeconds={operation?.etaSeconds ?? null}
      />
      {status.dryRun ? null : <ImportCounts status={status} />}
    </Card>
  );
}

function Result({ status }: { status: ImportStatus }) {
  if (isOpen(status)) return null;
  const words = strings.result;
  const isSuppressions = status.target === 'suppressions';
  return (
    <>
      <Card title={words.title}>
        {status.dryRun && !status.startable ? <p className="muted">{strings.gone}</p> : null}
        <ImportCounts status={status} />
        {status.dryRun || isSuppressions ? null : (
          <p className={styles.links}>
            {status.listId === null ? null : <Link to={`/lists/${status.listId}`}>{words.list}</Link>}
            <Link to="/contacts">{words.contacts}</Link>
          </p>
        )}
      </Card>
      <ImportFindings findings={status.findings} />
      <ImportRejects status={status} />
    </>
  );
}
