import { MultiSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { FormDialog } from '../../../components/dialog.tsx';
import { toasts } from '../../../components/toast-store.ts';
import { useLists } from '../../../components/use-lists.ts';
import { useCreateContact } from '../api/create-contact.ts';
import { strings } from '../strings.ts';

const NOBODY = { email: '', firstName: '', lastName: '', listIds: [] as readonly string[] };

export function AddContactDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const [draft, setDraft] = useState(NOBODY);
  const create = useCreateContact();
  const lists = useLists() ?? [];
  const navigate = useNavigate();
  const change = (part: Partial<typeof NOBODY>) => setDraft({ ...draft, ...part });
  const close = () => {
    create.reset();
    onClose();
  };
  const submit = () => {
    const { email, firstName, lastName, listIds } = draft;
    const names = { ...(firstName.trim() ? { firstName } : {}), ...(lastName.trim() ? { lastName } : {}) };
    create.mutate(
      { email, ...names, listIds: [...listIds] },
      {
        onSuccess: ({ id, email: added }) => {
          setDraft(NOBODY);
          onClose();
          toasts.say(strings.addOne.done({ email: added }));
          void navigate(`/contacts/${id}`);
        },
      },
    );
  };
  return (
    <FormDialog
      opened={opened}
      onClose={close}
      title={strings.addOne.title}
      submit={strings.addOne.submit}
      busy={create.isPending}
      error={create.error}
      disabled={draft.email.trim() === ''}
      onSubmit={submit}
    >
      <TextInput
        label={strings.fields.email}
        type="email"
        data-autofocus
        autoComplete="off"
        value={draft.email}
        onChange={(event) => change({ email: event.currentTarget.value })}
      />
      <TextInput
        label={strings.fields.firstName}
        autoComplete="off"
        value={draft.firstName}
        onChange={(event) => change({ firstName: event.currentTarget.value })}
      />
      <TextInput
        label={strings.fields.lastName}
        autoComplete="off"
        value={draft.lastName}
        onChange={(event) => change({ lastName: event.currentTarget.value })}
      />
      <MultiSelect
        label={strings.addOne.lists}
        searchable
        data={lists.map(({ id, name }) => ({ value: id, label: name }))}
        value={[...draft.listIds]}
        onChange={(listIds) => change({ listIds })}
      />
    </FormDialog>
  );
}
