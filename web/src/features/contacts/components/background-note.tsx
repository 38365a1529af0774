import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { ContactAction } from '../../../../../src/contract/contact-bulk.ts';
import type { Operation } from '../../../../../src/contract/queue.ts';
import { Button } from '../../../components/button.tsx';
import { ProgressLine } from '../../../components/progress-line.tsx';
import { hasEnded, useOperation } from '../../../components/use-operation.ts';
import { strings } from '../strings.ts';
import styles from './background-note.module.css';

/** How something that is done to many contacts gets on; when it is over, contacts are read again. */
export function BackgroundNote({ operationId, onHide }: { operationId: string; onHide: () => void }) {
  const operation = useOperation(operationId);
  const client = useQueryClient();
  const isOver = operation ? hasEnded(operation) : false;
  useEffect(() => {
    if (!isOver) return;
    for (const noun of ['contacts', 'lists']) void client.invalidateQueries({ queryKey: [noun] });
  }, [isOver, client]);
  if (!operation) return null;
  return (
    <section className={styles.note} aria-live="polite" aria-label={nameOf(operation)}>
      <ProgressLine
        label={
          operation.state === 'failed'
            ? strings.bulk.failed({ name: nameOf(operation) })
            : isOver
              ? nameOf(operation)
              : strings.bulk.running({ name: nameOf(operation) })
        }
        percent={operation.progress}
        done={operation.processed}
        total={isOver || operation.total > operation.processed ? operation.total : null}
        rate={isOver ? 0 : operation.rate}
        etaSeconds={operation.etaSeconds}
      />
      {isOver ? (
        <Button kind="quiet" onClick={onHide}>
          {strings.bulk.hide}
        </Button>
      ) : null}
    </section>
  );
}

/** Operations have a name in English; those of ours are said as the page says them. */
const NAMES: Readonly<Record<string, ContactAction>> = {
  'Add tags to contacts': 'add-tags',
  'Remove tags from contacts': 'remove-tags',
  'Add contacts to a list': 'add-to-list',
  'Remove contacts from a list': 'remove-from-list',
  'Set an attribute of contacts': 'set-attribute',
  'Delete contacts': 'delete',
  'Suppress contacts': 'suppress',
  'Unsubscribe contacts': 'unsubscribe',
};

function nameOf({ name }: Operation): string {
  const action = NAMES[name];
  return action === undefined ? name : strings.actions[action];
}
