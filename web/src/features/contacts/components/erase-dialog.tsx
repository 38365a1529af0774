import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import type { ContactDetail } from '../../../../../src/contract/contacts.ts';
import { FormDialog } from '../../../components/dialog.tsx';
import { toasts } from '../../../components/toast-store.ts';
import { useEraseContact } from '../api/erase-contact.ts';
import { strings } from '../strings.ts';
import styles from './contact-page.module.css';

interface EraseDialogProps {
  readonly contact: ContactDetail;
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** Says what goes and what stays, and asks for the address: this cannot be taken back. */
export function EraseDialog({ contact, opened, onClose }: EraseDialogProps) {
  const [typed, setTyped] = useState('');
  const erase = useEraseContact(contact.id);
  const navigate = useNavigate();
  const words = strings.erase;
  const submit = () =>
    erase.mutate(undefined, {
      onSuccess: ({ state, waitingFor }) => {
        toasts.say(state === 'completed' ? words.done : words.going({ why: waitingFor ?? '' }));
        void navigate('/contacts');
      },
    });
  return (
    <FormDialog
      opened={opened}
      onClose={onClose}
      title={words.title}
      submit={words.submit}
      kind="danger"
      busy={erase.isPending}
      error={erase.error}
      disabled={typed.trim().toLowerCase() !== contact.email.toLowerCase()}
      onSubmit={submit}
    >
      <dl className={styles.erase}>
        <dt>{words.goes}</dt>
        <dd>{words.goesList}</dd>
        <dt>{words.stays}</dt>
        <dd>{words.staysList}</dd>
      </dl>
      <p>{words.never}</p>
      <TextInput
        label={words.type({ email: contact.email })}
        autoComplete="off"
        data-autofocus
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
    </FormDialog>
  );
}
