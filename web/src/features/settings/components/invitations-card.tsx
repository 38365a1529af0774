import { useState } from 'react';
import type { Invitation, SentInvitation } from '../../../../../src/contract/invitations.ts';
import { ActionMenu } from '../../../components/action-menu.tsx';
import { Card } from '../../../components/card.tsx';
import { type Column, DataTable } from '../../../components/data-table.tsx';
import { Moment } from '../../../components/moment.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { toasts } from '../../../components/toast-store.ts';
import { roleOf } from '../../../lib/access.ts';
import { useInvitations } from '../api/list-invitations.ts';
import { useInvite } from '../api/send-invitation.ts';
import { useWithdraw } from '../api/withdraw-invitation.ts';
import { strings } from '../strings.ts';
import { SentDialog } from './invite-dialog.tsx';

/** Invitations that nobody has accepted yet. */
export function InvitationsCard() {
  const words = strings.members;
  const invitations = useInvitations();
  const resend = useInvite();
  const withdraw = useWithdraw();
  const [sent, setSent] = useState<SentInvitation | null>(null);
  const rows = invitations.data?.items;
  const error = invitations.error ?? resend.error ?? withdraw.error;
  const columns: Array<Column<Invitation>> = [
    { id: 'email', header: strings.email, cell: ({ email }) => email },
    { id: 'role', header: strings.role, width: 140, cell: ({ role }) => strings.roles[roleOf(role)] },
    {
      id: 'expires',
      header: words.expires,
      width: 130,
      wide: true,
      cell: ({ expiresAt, expired }) =>
        expired ? <span className="muted">{words.expired}</span> : <Moment iso={expiresAt} />,
    },
    {
      id: 'more',
      header: '',
      width: 64,
      cell: ({ id, email }) => (
        <ActionMenu
          label={words.actions({ name: email })}
          actions={[
            { label: words.resend, icon: 'send', onClick: () => resend.mutate({ id }, { onSuccess: setSent }) },
            {
              label: words.withdraw,
              icon: 'trash',
              danger: true,
              onClick: () => withdraw.mutate(id, { onSuccess: () => toasts.say(words.withdrawn({ email })) }),
            },
          ]}
        />
      ),
    },
  ];
  return (
    <Card title={words.invitations} flush={rows === undefined || rows.length > 0}>
      {error ? <ProblemNote error={error} /> : null}
      {rows?.length === 0 ? (
        <p className="muted">{words.none}</p>
      ) : (
        <DataTable label={words.invitationsTable} columns={columns} rows={rows} keyOf={({ id }) => id} />
      )}
      {sent ? <SentDialog sent={sent} onClose={() => setSent(null)} /> : null}
    </Card>
  );
}
