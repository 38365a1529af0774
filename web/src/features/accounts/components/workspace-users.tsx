import { useState } from 'react';
import type { Account } from '../../../../../src/contract/accounts.ts';
import type { WorkspaceUser } from '../../../../../src/contract/workspace-users.ts';
import { ActionMenu } from '../../../components/action-menu.tsx';
import { Button } from '../../../components/button.tsx';
import type { Column } from '../../../components/data-table.tsx';
import { Meter } from '../../../components/meter.tsx';
import { Moment } from '../../../components/moment.tsx';
import page from '../../../components/page.module.css';
import { PageOfRows } from '../../../components/page-of-rows.tsx';
import { SearchField } from '../../../components/search-field.tsx';
import { StatusMark } from '../../../components/status-mark.tsx';
import { Tip } from '../../../components/tip.tsx';
import { toasts } from '../../../components/toast-store.ts';
import { useCan } from '../../../lib/access.ts';
import { useWorkspaceUsers } from '../api/list-users.ts';
import { useMoveWorkspaceUser } from '../api/move-user.ts';
import { useSyncWorkspaceUsers } from '../api/sync-users.ts';
import { strings } from '../strings.ts';
import styles from './accounts.module.css';

/** As whom an account sends: how each of them stands, and what he has sent. */
export function WorkspaceUsers({ account }: { account: Account }) {
  const words = strings.users;
  const [search, setSearch] = useState('');
  const users = useWorkspaceUsers(account.id, search);
  const sync = useSyncWorkspaceUsers(account.id);
  const move = useMoveWorkspaceUser(account.id);
  const canChange = useCan('admin');
  const onMove = (user: WorkspaceUser) =>
    move.mutate(
      { userId: user.id, move: user.state === 'active' && user.restsUntil === null ? 'pause' : 'resume' },
      { onError: (error) => toasts.say(error.message) },
    );
  const onSync = () =>
    sync.mutate(undefined, {
      onSuccess: ({ active, gone }) => toasts.say(words.read({ active, gone })),
      onError: (error) => toasts.say(error.message),
    });
  return (
    <section aria-label={words.title} className={styles.meters}>
      <div className={page.tools}>
        <h2>{words.title}</h2>
        <SearchField label={words.search} value={search} onSearch={setSearch} />
        {canChange ? (
          <Button busy={sync.isPending} onClick={onSync}>
            {words.sync}
          </Button>
        ) : null}
      </div>
      <p className="muted">
        {account.users?.syncedAt ? words.syncedAt : words.never}{' '}
        {account.users?.syncedAt ? <Moment iso={account.users.syncedAt} /> : null}
      </p>
      {account.users?.error ? <p className={`mono ${styles.answer}`}>{account.users.error}</p> : null}
      <PageOfRows
        label={words.title}
        columns={columnsOf(canChange ? onMove : null)}
        rows={users.data?.pages.flatMap(({ items }) => items)}
        keyOf={({ id }) => id}
        error={users.error}
        onRetry={() => void users.refetch()}
        empty={null}
        noneFound={words.none}
        hasMore={users.hasNextPage}
        isReading={users.isFetchingNextPage}
        onMore={() => void users.fetchNextPage()}
      />
    </section>
  );
}

function columnsOf(onMove: ((user: WorkspaceUser) => void) | null): ReadonlyArray<Column<WorkspaceUser>> {
  const words = strings.users;
  const columns: Array<Column<WorkspaceUser>> = [
    { id: 'email', header: words.email, cell: ({ email }) => email },
    { id: 'name', header: words.name, cell: ({ name }) => name },
    { id: 'state', header: words.state, cell: (user) => <UserState user={user} /> },
    {
      id: 'use',
      header: words.use,
      cell: ({ usedDay, limitPerDay }) => <Meter label={words.use} used={usedDay} limit={limitPerDay} />,
    },
  ];
  if (onMove === null) return columns;
  return [
    ...columns,
    {
      id: 'actions',
      header: '',
      align: 'end',
      cell: (user) => {
        const goesOn = user.state === 'active' && user.restsUntil === null;
        const action = { label: goesOn ? strings.pause : strings.resume, icon: goesOn ? 'pause' : 'play' } as const;
        return (
          <ActionMenu
            label={strings.actionsFor({ name: user.email })}
            actions={[{ ...action, onClick: () => onMove(user) }]}
          />
        );
      },
    },
  ];
}

function UserState({ user: { state, restsUntil, lastError } }: { user: WorkspaceUser }) {
  const words = strings.users.states;
  const mark =
    state === 'active' && restsUntil !== null ? (
      <>
        <StatusMark tone="warning" word={words.rests} /> <Moment iso={restsUntil} />
      </>
    ) : (
      <StatusMark
        tone={state === 'active' ? 'good' : state === 'suspended' ? 'bad' : 'quiet'}
        word={words[state as keyof typeof words]}
      />
    );
  return lastError === null ? (
    mark
  ) : (
    <Tip label={lastError}>
      <span className={styles.standing}>{mark}</span>
    </Tip>
  );
}
