import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import type { Account, AccountUse } from '../../../../../src/contract/accounts.ts';
import { ActionMenu } from '../../../components/action-menu.tsx';
import { Button } from '../../../components/button.tsx';
import { Card } from '../../../components/card.tsx';
import { type Column, DataTable } from '../../../components/data-table.tsx';
import { Drawing } from '../../../components/drawings.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { Icon } from '../../../components/icon.tsx';
import { Meter } from '../../../components/meter.tsx';
import page from '../../../components/page.module.css';
import { PageHead } from '../../../components/page-head.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { SearchField } from '../../../components/search-field.tsx';
import { useUndoableDelete } from '../../../components/use-undoable-delete.ts';
import { useCan } from '../../../lib/access.ts';
import { usePageTitle } from '../../../lib/page-title.ts';
import { useAccountUse } from '../api/get-use.ts';
import { useAccounts } from '../api/list-accounts.ts';
import { tightestOf } from '../limit-use.ts';
import { strings } from '../strings.ts';
import { useAccountActions } from '../use-account-actions.ts';
import { AccountState } from './account-state.tsx';
import styles from './accounts.module.css';
import { AddAccountDialog } from './add-account-dialog.tsx';
import { TestDialog } from './test-dialog.tsx';

/** Every way out there is, and which limit each will run into first. */
export function AccountsPage() {
  usePageTitle(strings.title);
  const [params, setParams] = useSearchParams();
  const search = params.get('q') ?? '';
  const canChange = useCan('admin');
  const onSearch = (text: string) => setParams(text === '' ? {} : { q: text }, { replace: true });
  return (
    <div className={page.page}>
      <PageHead title={strings.title} lead={strings.lead}>
        {canChange ? (
          <Button kind="primary" onClick={() => setParams({ new: '' })}>
            <Icon name="plus" />
            {strings.add}
          </Button>
        ) : null}
      </PageHead>
      <div className={page.tools}>
        <span />
        <SearchField label={strings.search} value={search} onSearch={onSearch} />
      </div>
      <Card flush>
        <Found search={search} />
      </Card>
      {canChange ? <AddAccountDialog /> : null}
    </div>
  );
}

function Found({ search }: { search: string }) {
  const accounts = useAccounts();
  const use = useAccountUse();
  const canChange = useCan('admin');
  const { isHidden } = useUndoableDelete();
  if (accounts.isError) return <ProblemNote error={accounts.error} onRetry={() => void accounts.refetch()} />;
  const all = accounts.data?.items.filter(({ id }) => !isHidden(`/api/accounts/${id}`));
  const needle = search.trim().toLocaleLowerCase();
  const rows = all?.filter(({ name, host, from }) =>
    [name, host, from].some((text) => text?.toLocaleLowerCase().includes(needle)),
  );
  if (all?.length === 0) {
    return (
      <EmptyState drawing={<Drawing name="server" />} title={strings.empty.title}>
        {strings.empty.words}
      </EmptyState>
    );
  }
  if (rows?.length === 0) return <EmptyState title={strings.noneFound}>{null}</EmptyState>;
  return <DataTable label={strings.title} columns={columnsOf(use, canChange)} rows={rows} keyOf={({ id }) => id} />;
}

function columnsOf(use: ReadonlyMap<string, AccountUse>, canChange: boolean): Array<Column<Account>> {
  const { columns } = strings;
  return [
    { id: 'name', header: columns.name, cell: ({ id, name }) => <Link to={`/accounts/${id}`}>{name}</Link> },
    { id: 'state', header: columns.state, width: 140, cell: (account) => <AccountState account={account} /> },
    { id: 'server', header: columns.server, wide: true, cell: serverOf },
    {
      id: 'use',
      header: columns.use,
      wide: true,
      width: 240,
      cell: (account) => <Tightest account={account} use={use.get(account.id)} />,
    },
    {
      id: 'from',
      header: columns.from,
      wide: true,
      cell: ({ from }) => from ?? <span className="muted">{strings.noFrom}</span>,
    },
    ...(canChange
      ? [{ id: 'more', header: '', width: 68, cell: (account: Account) => <RowActions account={account} /> }]
      : []),
  ];
}

function serverOf({ host, port, isSandbox }: Account) {
  return isSandbox ? (
    <span className="muted">{strings.mailboxServer}</span>
  ) : (
    <span className="mono">{`${host ?? ''}:${port ?? ''}`}</span>
  );
}

function Tightest({ account, use }: { account: Account; use: AccountUse | undefined }) {
  const tightest = tightestOf(account, use);
  if (tightest === null) return <span className="muted">{strings.noLimits}</span>;
  return (
    <span className={styles.use}>
      <Meter label={strings.windows[tightest.id]} used={tightest.used} limit={tightest.limit} />
    </span>
  );
}

function RowActions({ account }: { account: Account }) {
  const [isTesting, setTesting] = useState(false);
  const { actions } = useAccountActions(account);
  return (
    <>
      <ActionMenu
        label={strings.actionsFor({ name: account.name })}
        actions={[{ label: strings.test, icon: 'send', onClick: () => setTesting(true) }, ...actions]}
      />
      <TestDialog account={account} opened={isTesting} onClose={() => setTesting(false)} />
    </>
  );
}
