import { useState } from 'react';
import { useNavigate } from 'react-router';
import { FormDialog } from '../../../components/dialog.tsx';
import { toasts } from '../../../components/toast-store.ts';
import { useCreateList } from '../api/create-list.ts';
import { strings } from '../strings.ts';
import { type ListDraft, ListFields, settingsOf } from './list-fields.tsx';

const NEW: ListDraft = { name: '', description: '', visibility: 'private', optIn: 'single' };

export function AddListDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const [draft, setDraft] = useState(NEW);
  const create = useCreateList();
  const navigate = useNavigate();
  const submit = () =>
    create.mutate(settingsOf(draft), {
      onSuccess: ({ id, name }) => {
        toasts.say(strings.made({ name }));
        void navigate(`/lists/${id}`);
      },
    });
  return (
    <FormDialog
      opened={opened}
      onClose={onClose}
      title={strings.add}
      submit={strings.form.submit}
      busy={create.isPending}
      error={create.error}
      disabled={draft.name.trim() === ''}
      onSubmit={submit}
    >
      <ListFields draft={draft} onChange={setDraft} />
    </FormDialog>
  );
}
