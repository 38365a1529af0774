import { useState } from 'react';
import type { ContactAction } from '../../../../../src/contract/contact-bulk.ts';
import type { ContactCount } from '../../../../../src/contract/contacts.ts';
import { ActionMenu } from '../../../components/action-menu.tsx';
import { Button } from '../../../components/button.tsx';
import { countWords } from '../../../components/count-words.ts';
import type { ContactFilter } from '../contact-filter.ts';
import { strings } from '../strings.ts';
import { BulkDialog } from './bulk-dialog.tsx';
import styles from './selection-bar.module.css';

interface SelectionBarProps {
  /** Null: everybody who fits. */
  readonly ids: ReadonlySet<string> | null;
  readonly filter: ContactFilter;
  /** How many fit. */
  readonly fits: ContactCount | undefined;
  /** Whether more fit than are read. */
  readonly isMore: boolean;
  readonly onChange: (ids: ReadonlySet<string> | null) => void;
  /** Told of what goes on in the background. */
  readonly onStarted: (operationId: string) => void;
}

const FIRST = ['add-tags', 'add-to-list'] as const;
const REST = ['remove-tags', 'remove-from-list', 'set-attribute', 'unsubscribe', 'suppress', 'delete'] as const;

/** How many are selected, and what can be done with them. */
export function SelectionBar({ ids, filter, fits, isMore, onChange, onStarted }: SelectionBarProps) {
  const [action, setAction] = useState<ContactAction | null>(null);
  const words = strings.select;
  const all = fits ? countWords(fits) : '';
  return (
    <section className={styles.bar} aria-label={words.title}>
      <span role="status">{ids === null ? words.everybody({ words: all }) : words.chosen({ count: ids.size })}</span>
      {ids !== null && isMore && fits ? (
        <Button kind="quiet" onClick={() => onChange(null)}>
          {words.all({ words: all })}
        </Button>
      ) : null}
      <span className={styles.actions}>
        {FIRST.map((name) => (
          <Button key={name} onClick={() => setAction(name)}>
            {strings.actions[name]}
          </Button>
        ))}
        <ActionMenu
          label={words.more}
          actions={REST.map((name) => ({
            label: strings.actions[name],
            danger: name === 'delete' || name === 'unsubscribe',
            onClick: () => setAction(name),
          }))}
        />
        <Button kind="quiet" onClick={() => onChange(new Set())}>
          {words.clear}
        </Button>
      </span>
      <BulkDialog
        action={action}
        ids={ids}
        filter={filter}
        fits={fits}
        onClose={() => setAction(null)}
        onDone={(operationId) => {
          setAction(null);
          onChange(new Set());
          if (operationId !== null) onStarted(operationId);
        }}
      />
    </section>
  );
}
