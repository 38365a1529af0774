import { useState } from 'react';
import { Link } from 'react-router';
import type { Account, AccountUse } from '../../../../../src/contract/accounts.ts';
import { ActionMenu } from '../../../components/action-menu.tsx';
import { type Column, DataTable } from '../../../components/data-table.tsx';
import { Drawing } from '../../../components/drawings.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { Meter } from '../../../components/meter.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { SearchablePage } from '../../../components/searchable-page.tsx';
import { useUndoableDelete } from '../../../components/use-undoable-delete.ts';
import { useCan } from '../../../lib/access.ts';
import { usePageTitle } from '../../../lib/page-title.ts';
import { placeOf } from '../account-kinds.ts';
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
  const canChange = useCan('admin');
  return (
    <SearchablePage
      title={strings.title}
      lead={strings.lead}
      add={canChange ? strings.add : null}
      search={strings.search}
      found={(search) => <Found search={search} />}
    >
      {canChange ? <AddAccountDialog /> : null}
    </SearchablePage>
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
  const rows = all?.filter((account) =>
    [account.name, placeOf(account), account.from].some((text) => text?.toLocaleLowerCase().includes(needle)),
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

function serverOf(account: Account) {
  return account.isSandbox ? (
    <span className="muted">{strings.mailboxServer}</span>
  ) : (
    <span className="mono">{placeOf(account)}</span>
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
