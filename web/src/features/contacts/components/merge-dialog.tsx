import { Radio } from '@mantine/core';
import { useState } from 'react';
import type { Contact } from '../../../../../src/contract/contacts.ts';
import { FormDialog } from '../../../components/dialog.tsx';
import { Moment } from '../../../components/moment.tsx';
import { toasts } from '../../../components/toast-store.ts';
import { useMergeContacts } from '../api/merge-contacts.ts';
import { nameOf } from '../contact-name.ts';
import { strings } from '../strings.ts';
import { ContactStatus } from './contact-status.tsx';
import styles from './merge-dialog.module.css';

/** Contacts side by side: one stays, the others become part of it. Null: closed. */
export function MergeDialog({ contacts, onClose }: { contacts: readonly Contact[] | null; onClose: () => void }) {
  const [shown, setShown] = useState<readonly Contact[]>([]);
  const [chosen, setChosen] = useState('');
  const merge = useMergeContacts();
  if (contacts !== null && contacts !== shown) {
    setShown(contacts);
    setChosen(contacts[0]?.id ?? '');
  }
  const words = strings.merge;
  const others = shown.filter(({ id }) => id !== chosen);
  const submit = () =>
    merge.mutate(
      { into: chosen, from: others.map(({ id }) => id) },
      {
        onSuccess: ({ contact }) => {
          toasts.say(words.done({ email: contact.email }));
          onClose();
        },
      },
    );
  return (
    <FormDialog
      opened={contacts !== null}
      onClose={onClose}
      title={words.dialog}
      width={640}
      submit={words.submit({ count: others.length })}
      kind="danger"
      busy={merge.isPending}
      error={merge.error}
      disabled={others.length === 0}
      onSubmit={submit}
    >
      <p>{words.choose}</p>
      <Radio.Group value={chosen} onChange={setChosen} aria-label={words.dialog}>
        <ul className={styles.people}>
          {shown.map((contact) => (
            <li key={contact.id} className={styles.person}>
              <Radio iconColor="var(--surface)" value={contact.id} label={words.keep({ email: contact.email })} />
              <div className={styles.facts}>
                <span>{nameOf(contact)}</span>
                <ContactStatus suppressed={contact.suppressed} />
                <span className="muted">
                  {words.attributes({ count: Object.keys(contact.attributes).length })}
                  {contact.tags.length > 0 ? `, ${contact.tags.join(', ')}` : ''}
                </span>
                <span className="muted">
                  <Moment iso={contact.createdAt} />
                </span>
              </div>
            </li>
          ))}
        </ul>
      </Radio.Group>
    </FormDialog>
  );
}
