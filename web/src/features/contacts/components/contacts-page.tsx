import { useState } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import { Button } from '../../../components/button.tsx';
import { Card } from '../../../components/card.tsx';
import { countWords } from '../../../components/count-words.ts';
import { Drawing } from '../../../components/drawings.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { Icon } from '../../../components/icon.tsx';
import page from '../../../components/page.module.css';
import { PageHead } from '../../../components/page-head.tsx';
import { SearchField } from '../../../components/search-field.tsx';
import { useCan } from '../../../lib/access.ts';
import { usePageTitle } from '../../../lib/page-title.ts';
import { useContactCount } from '../api/count-contacts.ts';
import { useContacts } from '../api/list-contacts.ts';
import { type ContactFilter, filterOf, isEverybody, paramsWith } from '../contact-filter.ts';
import { strings } from '../strings.ts';
import { AddContactDialog } from './add-contact-dialog.tsx';
import { BackgroundNote } from './background-note.tsx';
import { ColumnsMenu } from './columns-menu.tsx';
import { ContactTable } from './contact-table.tsx';
import styles from './contacts-page.module.css';
import { ExportMenu } from './export-menu.tsx';
import { FilterDialog } from './filter-dialog.tsx';
import { FilterPills } from './filter-pills.tsx';
import { SelectionBar } from './selection-bar.tsx';

const NOBODY: ReadonlySet<string> = new Set();

/** Everybody in the workspace. What is looked for, which columns and what is under way stand in the address. */
export function ContactsPage() {
  const [params, setParams] = useSearchParams();
  const filter = filterOf(params);
  const columns = params.getAll('column');
  const operationId = params.get('operation');
  const contacts = useContacts(filter);
  const count = useContactCount(filter);
  const isEditor = useCan('editor');
  const [selected, setSelected] = useState<ReadonlySet<string> | null>(NOBODY);
  const [dialog, setDialog] = useState<'add' | 'filter' | null>(params.has('new') ? 'add' : null);
  usePageTitle(strings.title);
  const onFilter = (changed: ContactFilter) => {
    setSelected(NOBODY);
    setParams(paramsWith(params, changed), { replace: true });
  };
  const setParam = (name: string, values: readonly string[]) => {
    const changed = new URLSearchParams(params);
    changed.delete(name);
    for (const value of values) changed.append(name, value);
    setParams(changed, { replace: true });
  };
  const isNew = contacts.isEmpty && isEverybody(filter);
  const close = () => setDialog(null);
  return (
    <div className={page.page}>
      <PageHead title={strings.title} lead={leadOf(count)}>
        <PageActions filter={filter} isEditor={isEditor} isNew={isNew} onAdd={() => setDialog('add')} />
      </PageHead>
      {operationId === null ? null : (
        <BackgroundNote operationId={operationId} onHide={() => setParam('operation', [])} />
      )}
      {isNew ? (
        <Card>
          <Empty isEditor={isEditor} />
        </Card>
      ) : (
        <>
          <div className={styles.tools}>
            <SearchField
              label={strings.search}
              value={filter.search}
              onSearch={(search) => onFilter({ ...filter, search })}
            />
            <Button onClick={() => setDialog('filter')}>
              <Icon name="segment" />
              {strings.filter}
            </Button>
            <FilterPills filter={filter} onFilter={onFilter} />
            <span className={styles.end}>
              <ColumnsMenu chosen={columns} onChange={(chosen) => setParam('column', chosen)} />
            </span>
          </div>
          {selected === null || selected.size > 0 ? (
            <SelectionBar
              ids={selected}
              filter={filter}
              fits={count}
              isMore={!contacts.isAll || (selected?.size ?? 0) < contacts.rows.length}
              onChange={setSelected}
              onStarted={(id) => setParam('operation', [id])}
            />
          ) : null}
          <Card flush>
            <ContactTable
              contacts={contacts}
              attributes={columns}
              height="calc(100dvh - 260px)"
              {...(isEditor ? { selection: { ids: selected, onChange: setSelected } } : {})}
            />
          </Card>
        </>
      )}
      <FilterDialog opened={dialog === 'filter'} filter={filter} onClose={close} onFilter={onFilter} />
      <AddContactDialog opened={dialog === 'add'} onClose={close} />
    </div>
  );
}

function leadOf(count: ReturnType<typeof useContactCount>): string {
  if (!count) return strings.counting;
  return count.exact ? strings.lead({ count: count.count }) : strings.leadEstimate({ words: countWords(count) });
}

interface PageActionsProps {
  readonly filter: ContactFilter;
  readonly isEditor: boolean;
  /** Nobody is here yet. */
  readonly isNew: boolean;
  readonly onAdd: () => void;
}

function PageActions({ filter, isEditor, isNew, onAdd }: PageActionsProps) {
  const navigate = useNavigate();
  if (!isEditor) return null;
  return (
    <>
      {isNew ? null : (
        <>
          <Button onClick={() => void navigate('/contacts/duplicates')}>{strings.duplicates}</Button>
          <ExportMenu filter={filter} />
        </>
      )}
      <Button onClick={() => void navigate('/imports?new')}>
        <Icon name="import" />
        {strings.importThem}
      </Button>
      <Button kind="primary" onClick={onAdd}>
        <Icon name="plus" />
        {strings.add}
      </Button>
    </>
  );
}

function Empty({ isEditor }: { isEditor: boolean }) {
  const navigate = useNavigate();
  return (
    <EmptyState
      drawing={<Drawing name="people" />}
      title={strings.empty.title}
      action={
        isEditor ? <Button onClick={() => void navigate('/imports?new')}>{strings.empty.importThem}</Button> : null
      }
    >
      {strings.empty.text}
    </EmptyState>
  );
}
