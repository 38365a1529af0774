import { useNavigate } from 'react-router';
import type { ImportPreview, ImportStatus } from '../../../../../src/contract/imports.ts';
import { Button } from '../../../components/button.tsx';
import { Card } from '../../../components/card.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { useImportPreview } from '../api/preview-import.ts';
import { useStartImport } from '../api/start-import.ts';
import { type ImportDraft, keepDraft, keyOf, NEW_LIST, targetOf, useImportDraft } from '../import-draft.ts';
import { isOpen } from '../import-state.ts';
import { bodyOf, declarationsOf, faultOf, mappingOf } from '../mapping.ts';
import { strings } from '../strings.ts';
import { ColumnMapping } from './column-mapping.tsx';
import { FirstRows } from './first-rows.tsx';
import { ImportCounts } from './import-counts.tsx';
import styles from './import-decision.module.css';
import { ImportFindings } from './import-findings.tsx';
import { ImportRejects } from './import-rejects.tsx';
import { ImportSettings } from './import-settings.tsx';

/** A file that was looked at: its columns, how it is to be imported, and what would become of it. */
export function ImportDecision({ status }: { status: ImportStatus }) {
  const preview = useImportPreview(status.importId);
  const [draft, setDraft] = useImportDraft(status.importId);
  if (preview.isPending) return <Skeleton height={240} />;
  if (preview.isError) return <ProblemNote error={preview.error} onRetry={() => void preview.refetch()} />;
  const open = isOpen(status);
  return (
    <>
      {open ? null : <Would status={status} preview={preview.data} draft={draft} />}
      <div className={styles.columns}>
        <div className={styles.side}>
          <ColumnMapping
            preview={preview.data}
            changed={draft.mapping}
            onChange={(mapping) => setDraft({ ...draft, mapping })}
          />
          <FirstRows preview={preview.data} />
        </div>
        <ImportSettings draft={draft} onChange={setDraft} />
      </div>
      {open ? null : <ImportFindings findings={status.findings} />}
      {open ? null : <ImportRejects status={status} />}
    </>
  );
}

interface WouldProps {
  readonly status: ImportStatus;
  readonly preview: ImportPreview;
  readonly draft: ImportDraft;
}

/** What would become of every row, and the button that does it. */
function Would({ status, preview, draft }: WouldProps) {
  const start = useStartImport(status.importId);
  const navigate = useNavigate();
  const words = strings.would;
  const mapping = mappingOf(preview.columns, draft.mapping);
  const isStale = keyOf(draft) !== draft.seen;
  const isWhole = faultOf(mapping) === null && (draft.listId !== NEW_LIST || draft.listName.trim() !== '');
  const people = status.counts.inserted + status.counts.updated;
  const changedMapping = bodyOf(preview.columns, draft.mapping);
  const rules = {
    mode: draft.mode,
    checks: draft.checks,
    ...(changedMapping ? { mapping: changedMapping } : {}),
  };
  const attributes = declarationsOf(mapping);
  const look = () =>
    start.mutate(
      { body: { ...rules, dryRun: true }, attributes },
      {
        onSuccess: ({ importId }) => {
          keepDraft(importId, { ...draft, seen: keyOf(draft) });
          void navigate(`/imports/${importId}`, { replace: true });
        },
      },
    );
  const begin = () =>
    start.mutate(
      { body: { ...rules, ...targetOf(draft) }, attributes },
      { onSuccess: ({ importId }) => void navigate(`/imports/${importId}`, { replace: true }) },
    );
  return (
    <Card title={words.title}>
      <div className={styles.would}>
        {isStale ? <p className="muted">{words.stale}</p> : <ImportCounts status={status} />}
        <div className={styles.buttons}>
          {isStale ? (
            <>
              <Button kind="primary" disabled={!isWhole} busy={start.isPending} onClick={look}>
                {words.again}
              </Button>
              <Button disabled={!isWhole || start.isPending} onClick={begin}>
                {words.startUnseen}
              </Button>
            </>
          ) : (
            <Button kind="primary" disabled={!isWhole || people === 0} busy={start.isPending} onClick={begin}>
              {people === 1 ? words.startOne : words.start({ count: people })}
            </Button>
          )}
        </div>
      </div>
      {!isStale && people === 0 ? <p className="muted">{words.nobody}</p> : null}
      {start.error ? <ProblemNote error={start.error} /> : null}
    </Card>
  );
}
