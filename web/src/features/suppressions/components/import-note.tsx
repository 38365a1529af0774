import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { Link } from 'react-router';
import { Button } from '../../../components/button.tsx';
import { ProgressLine } from '../../../components/progress-line.tsx';
import { hasEnded, useOperation } from '../../../components/use-operation.ts';
import { countText } from '../../../lib/numbers.ts';
import { strings } from '../strings.ts';
import styles from './import-note.module.css';

/** How an import of entries gets on; when it is over, the entries are read again. */
export function ImportNote({ importId, onHide }: { importId: string; onHide: () => void }) {
  const operation = useOperation(importId);
  const client = useQueryClient();
  const isOver = operation ? hasEnded(operation) : false;
  useEffect(() => {
    if (!isOver) return;
    for (const noun of ['suppressions', 'contacts']) void client.invalidateQueries({ queryKey: [noun] });
  }, [isOver, client]);
  if (!operation) return null;
  const { processed, total, failed } = operation;
  return (
    <section className={styles.note} aria-label={strings.going} aria-live="polite">
      {isOver ? (
        <p>{strings.done({ done: countText(processed - failed), refused: countText(failed) })}</p>
      ) : (
        <ProgressLine
          label={strings.going}
          percent={operation.progress}
          done={processed}
          total={total > processed ? total : null}
          rate={operation.rate}
          etaSeconds={operation.etaSeconds}
        />
      )}
      <span className={styles.links}>
        <Link to={`/imports/${importId}`}>{strings.see}</Link>
        {isOver ? (
          <Button kind="quiet" onClick={onHide}>
            {strings.hide}
          </Button>
        ) : null}
      </span>
    </section>
  );
}
