import { useSearchParams } from 'react-router';
import type { BounceMailbox } from '../../../../../src/contract/bounce-mailboxes.ts';
import { ActionMenu } from '../../../components/action-menu.tsx';
import { Button } from '../../../components/button.tsx';
import { Card } from '../../../components/card.tsx';
import { type Column, DataTable } from '../../../components/data-table.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { Icon } from '../../../components/icon.tsx';
import { Moment } from '../../../components/moment.tsx';
import page from '../../../components/page.module.css';
import { PageHead } from '../../../components/page-head.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { StatusMark } from '../../../components/status-mark.tsx';
import { toasts } from '../../../components/toast-store.ts';
import { useUndoableDelete } from '../../../components/use-undoable-delete.ts';
import { useCan } from '../../../lib/access.ts';
import { usePageTitle } from '../../../lib/page-title.ts';
import { useBounceMailboxes } from '../api/list-mailboxes.ts';
import { useVerifyMailbox } from '../api/verify-mailbox.ts';
import { lookOfMailbox } from '../look.ts';
import { strings } from '../strings.ts';
import { AddMailboxDialog } from './add-mailbox-dialog.tsx';

/** Where returned mail is fetched from, and how the last look went. */
export function BounceMailboxesPage() {
  usePageTitle(strings.title);
  const [params, setParams] = useSearchParams();
  const canChange = useCan('admin');
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
      <Found canChange={canChange} />
      {canChange && params.has('new') ? <AddMailboxDialog onClose={() => setParams({}, { replace: true })} /> : null}
    </div>
  );
}

function Found({ canChange }: { canChange: boolean }) {
  const mailboxes = useBounceMailboxes();
  const verify = useVerifyMailbox();
  const { remove, isHidden } = useUndoableDelete();
  if (mailboxes.isError) return <ProblemNote error={mailboxes.error} onRetry={() => void mailboxes.refetch()} />;
  const rows = mailboxes.data?.items.filter(({ id }) => !isHidden(`/api/bounce-mailboxes/${id}`));
  const onDelete = ({ id, name }: BounceMailbox) =>
    remove({ path: `/api/bounce-mailboxes/${id}`, text: strings.deleted({ name }), queryKey: ['bounce-mailboxes'] });
  const onVerify = ({ id }: BounceMailbox) =>
    verify.mutate(id, {
      onSuccess: ({ ok, message }) => toasts.say(ok ? strings.verified({ message }) : message),
    });
  return (
    <>
      {verify.error ? <ProblemNote error={verify.error} /> : null}
      {rows
        ?.filter(({ error }) => error !== null)
        .map(({ id, name, error }) => (
          <p key={id} className="muted">
            {name}: {error}
          </p>
        ))}
      <Card flush>
        {rows?.length === 0 ? (
          <EmptyState title={strings.empty.title}>{strings.empty.words}</EmptyState>
        ) : (
          <DataTable
            label={strings.title}
            columns={columnsOf(canChange ? { onVerify, onDelete } : null)}
            rows={rows}
            keyOf={({ id }) => id}
          />
        )}
      </Card>
    </>
  );
}

interface Acts {
  readonly onVerify: (mailbox: BounceMailbox) => void;
  readonly onDelete: (mailbox: BounceMailbox) => void;
}

function columnsOf(acts: Acts | null): Array<Column<BounceMailbox>> {
  const words = strings.columns;
  return [
    { id: 'name', header: words.name, cell: ({ name }) => name },
    { id: 'server', header: words.server, wide: true, cell: ({ host }) => <span className="mono">{host}</span> },
    { id: 'state', header: words.state, width: 190, cell: (mailbox) => <StatusMark {...lookOfMailbox(mailbox)} /> },
    {
      id: 'checked',
      header: words.checked,
      width: 150,
      wide: true,
      cell: ({ checkedAt }) => (checkedAt === null ? null : <Moment iso={checkedAt} />),
    },
    ...(acts
      ? [
          {
            id: 'more',
            header: '',
            width: 68,
            cell: (mailbox: BounceMailbox) => (
              <ActionMenu
                label={strings.actionsFor({ name: mailbox.name })}
                actions={[
                  { label: strings.verify, icon: 'check', onClick: () => acts.onVerify(mailbox) },
                  { label: strings.delete, icon: 'trash', danger: true, onClick: () => acts.onDelete(mailbox) },
                ]}
              />
            ),
          },
        ]
      : []),
  ];
}
