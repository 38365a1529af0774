import { NativeSelect } from '@mantine/core';
import { useContext, useState } from 'react';
import type { User } from '../../../../../src/contract/users.ts';
import { ActionMenu } from '../../../components/action-menu.tsx';
import { Button } from '../../../components/button.tsx';
import { Card } from '../../../components/card.tsx';
import { type Column, DataTable } from '../../../components/data-table.tsx';
import { FormDialog } from '../../../components/dialog.tsx';
import { Icon } from '../../../components/icon.tsx';
import { Moment } from '../../../components/moment.tsx';
import page from '../../../components/page.module.css';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { StatusMark } from '../../../components/status-mark.tsx';
import { toasts } from '../../../components/toast-store.ts';
import { isAtLeast, type Role, RoleContext, roleOf } from '../../../lib/access.ts';
import { useChangeRole } from '../api/change-role.ts';
import { useOwn } from '../api/get-me.ts';
import { useMembers } from '../api/list-members.ts';
import { useRemoveMember } from '../api/remove-member.ts';
import { strings } from '../strings.ts';
import { InvitationsCard } from './invitations-card.tsx';
import { InviteDialog } from './invite-dialog.tsx';
import { rolesUpTo } from './role-choice.tsx';
import styles from './settings.module.css';

/** Who belongs to the workspace, and who is invited. */
export function MembersPart() {
  const words = strings.members;
  const [isInviting, setInviting] = useState(false);
  return (
    <div className={page.page}>
      <Card
        title={words.title}
        flush
        actions={
          <Button kind="primary" onClick={() => setInviting(true)}>
            <Icon name="plus" />
            {words.invite}
          </Button>
        }
      >
        <Members />
      </Card>
      <InvitationsCard />
      {isInviting ? <InviteDialog onClose={() => setInviting(false)} /> : null}
    </div>
  );
}

function Members() {
  const members = useMembers();
  const change = useChangeRole();
  const mine = useContext(RoleContext);
  const me = useOwn().data?.user?.id;
  const [removing, setRemoving] = useState<User | null>(null);
  const setRole = (user: User, role: string) =>
    change.mutate(
      { id: user.id, role },
      { onSuccess: () => toasts.say(strings.members.changed({ name: user.name ?? user.email })) },
    );
  return (
    <>
      {(members.error ?? change.error) ? <ProblemNote error={members.error ?? change.error} /> : null}
      <DataTable
        label={strings.members.table}
        columns={columnsOf({ me, mine, onRole: setRole, onRemove: setRemoving })}
        rows={members.data?.items}
        keyOf={({ id }) => id}
      />
      {removing ? <RemoveDialog user={removing} onClose={() => setRemoving(null)} /> : null}
    </>
  );
}

interface Doing {
  readonly me: string | undefined;
  readonly mine: Role;
  readonly onRole: (user: User, role: string) => void;
  readonly onRemove: (user: User) => void;
}

function columnsOf({ me, mine, onRole, onRemove }: Doing): Array<Column<User>> {
  const words = strings.members;
  const mayChange = ({ role }: User) => isAtLeast(mine, roleOf(role));
  return [
    { id: 'who', header: strings.name, cell: (user) => <Who user={user} isMe={user.id === me} /> },
    {
      id: 'role',
      header: strings.role,
      width: 170,
      cell: (user) =>
        mayChange(user) ? (
          <NativeSelect
            size="xs"
            className={styles.role ?? ''}
            aria-label={words.changeRole({ name: user.name ?? user.email })}
            value={user.role}
            data={rolesUpTo(mine).map((role) => ({ value: role, label: strings.roles[role] }))}
            onChange={(event) => onRole(user, event.currentTarget.value)}
          />
        ) : (
          strings.roles[roleOf(user.role)]
        ),
    },
    {
      id: 'second',
      header: words.second,
      width: 130,
      wide: true,
      cell: ({ secondFactor }) => (
        <StatusMark tone={secondFactor ? 'good' : 'quiet'} word={secondFactor ? words.yes : words.no} />
      ),
    },
    {
      id: 'seen',
      header: words.seen,
      width: 130,
      wide: true,
      cell: ({ lastSeenAt }) =>
        lastSeenAt === null ? <span className="muted">{words.notSeen}</span> : <Moment iso={lastSeenAt} />,
    },
    {
      id: 'more',
      header: '',
      width: 64,
      cell: (user) =>
        mayChange(user) ? (
          <ActionMenu
            label={words.actions({ name: user.name ?? user.email })}
            actions={[{ label: words.remove, icon: 'trash', danger: true, onClick: () => onRemove(user) }]}
          />
        ) : null,
    },
  ];
}

function Who({ user: { name, email }, isMe }: { user: User; isMe: boolean }) {
  return (
    <>
      {name ?? email} {name ? <span className="muted">{email}</span> : null}
      {isMe ? <span className="muted"> ({strings.members.you})</span> : null}
    </>
  );
}

function RemoveDialog({ user, onClose }: { user: User; onClose: () => void }) {
  const words = strings.members;
  const remove = useRemoveMember();
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={words.removeTitle({ name: user.name ?? user.email })}
      submit={words.removeSubmit}
      kind="danger"
      busy={remove.isPending}
      error={remove.error}
      onSubmit={() => remove.mutate(user.id, { onSuccess: onClose })}
    >
      <p>{words.removeWords}</p>
    </FormDialog>
  );
}
