import { NativeSelect } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import type { ContactDetail } from '../../../../../src/contract/contacts.ts';
import { Button } from '../../../components/button.tsx';
import { Card } from '../../../components/card.tsx';
import { FormDialog } from '../../../components/dialog.tsx';
import { StatusMark } from '../../../components/status-mark.tsx';
import { toasts } from '../../../components/toast-store.ts';
import { useLists } from '../../../components/use-lists.ts';
import { useChangeMembership } from '../api/change-membership.ts';
import { strings } from '../strings.ts';
import styles from './contact-page.module.css';

type Membership = ContactDetail['lists'][number];

/** The lists somebody is in, or was. */
export function ContactLists({ contact, canEdit }: { contact: ContactDetail; canEdit: boolean }) {
  const [dialog, setDialog] = useState<'join' | Membership | null>(null);
  const words = strings.contact;
  return (
    <Card
      title={words.lists}
      actions={
        canEdit ? (
          <Button kind="quiet" onClick={() => setDialog('join')}>
            {words.join}
          </Button>
        ) : null
      }
    >
      {contact.lists.length === 0 ? <p className="muted">{words.noLists}</p> : null}
      {contact.lists.length === 0 ? null : (
        <ul className={styles.lists}>
          {contact.lists.map((list) => (
            <li key={list.id}>
              <Link to={`/lists/${list.id}`}>{list.name}</Link>
              <ListStatus status={list.status} />
              {canEdit && list.status !== 'unsubscribed' ? (
                <Button kind="quiet" aria-label={words.leave({ name: list.name })} onClick={() => setDialog(list)}>
                  {words.leaveSubmit}
                </Button>
              ) : null}
            </li>
          ))}
        </ul>
      )}
      <JoinDialog contact={contact} opened={dialog === 'join'} onClose={() => setDialog(null)} />
      <LeaveDialog contactId={contact.id} list={dialog === 'join' ? null : dialog} onClose={() => setDialog(null)} />
    </Card>
  );
}

function ListStatus({ status }: { status: string }) {
  const word = strings.listStatus[status as keyof typeof strings.listStatus] ?? status;
  if (status === 'subscribed') return <StatusMark tone="good" word={word} />;
  return <StatusMark tone="quiet" icon={status === 'unconfirmed' ? 'clock' : 'barred'} word={word} />;
}

function JoinDialog({ contact, opened, onClose }: { contact: ContactDetail; opened: boolean; onClose: () => void }) {
  const [chosen, setChosen] = useState('');
  const change = useChangeMembership(contact.id);
  const words = strings.contact;
  const isIn = (id: string) => contact.lists.some((list) => list.id === id && list.status === 'subscribed');
  const lists = useLists()?.filter(({ id }) => !isIn(id)) ?? [];
  const listId = lists.some(({ id }) => id === chosen) ? chosen : (lists[0]?.id ?? '');
  const submit = () =>
    change.mutate(
      { listId, action: 'join' },
      {
        onSuccess: (reply) => {
          toasts.say(reply && reply.subscribed > 0 ? words.joined : words.askedFirst);
          onClose();
        },
      },
    );
  return (
    <FormDialog
      opened={opened}
      onClose={onClose}
      title={words.join}
      submit={words.joinSubmit}
      busy={change.isPending}
      error={change.error}
      disabled={listId === ''}
      onSubmit={submit}
    >
      <NativeSelect
        label={strings.bulk.list}
        data={lists.map(({ id, name }) => ({ value: id, label: name }))}
        value={listId}
        onChange={(event) => setChosen(event.currentTarget.value)}
      />
      <p className="muted">{strings.bulk.addToList}</p>
    </FormDialog>
  );
}

interface LeaveDialogProps {
  readonly contactId: string;
  /** Null: closed. */
  readonly list: Membership | null;
  readonly onClose: () => void;
}

function LeaveDialog({ contactId, list, onClose }: LeaveDialogProps) {
  const [shown, setShown] = useState(list);
  if (list !== null && list !== shown) setShown(list);
  const change = useChangeMembership(contactId);
  const words = strings.contact;
  return (
    <FormDialog
      opened={list !== null}
      onClose={onClose}
      title={words.leaveTitle}
      submit={words.leaveSubmit}
      kind="danger"
      busy={change.isPending}
      error={change.error}
      onSubmit={() => change.mutate({ listId: shown?.id ?? '', action: 'leave' }, { onSuccess: onClose })}
    >
      <p>{words.leaveText({ name: shown?.name ?? '' })}</p>
    </FormDialog>
  );
}
