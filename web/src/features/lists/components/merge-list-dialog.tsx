import { NativeSelect } from '@mantine/core';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import type { List } from '../../../../../src/contract/lists.ts';
import { FormDialog } from '../../../components/dialog.tsx';
import { toasts } from '../../../components/toast-store.ts';
import { useLists } from '../../../components/use-lists.ts';
import { useMergeList } from '../api/merge-list.ts';
import { strings } from '../strings.ts';

/** One list of two. */
export function MergeListDialog({ list, opened, onClose }: { list: List; opened: boolean; onClose: () => void }) {
  const [chosen, setChosen] = useState('');
  const merge = useMergeList(list.id);
  const navigate = useNavigate();
  const others = useLists()?.filter(({ id }) => id !== list.id) ?? [];
  const into = others.find(({ id }) => id === chosen) ?? others[0];
  const words = strings.merge;
  const submit = () => {
    if (!into) return;
    merge.mutate(into.id, {
      onSuccess: () => {
        toasts.say(words.done({ name: into.name }));
        void navigate(`/lists/${into.id}`);
      },
    });
  };
  return (
    <FormDialog
      opened={opened}
      onClose={onClose}
      title={words.title({ name: list.name })}
      submit={words.submit}
      kind="danger"
      busy={merge.isPending}
      error={merge.error}
      disabled={!into}
      onSubmit={submit}
    >
      {into ? (
        <>
          <NativeSelect
            label={words.into}
            data={others.map(({ id, name }) => ({ value: id, label: name }))}
            value={into.id}
            onChange={(event) => setChosen(event.currentTarget.value)}
          />
          <p>{words.what({ count: list.contacts.subscribed, name: list.name })}</p>
          <p className="muted">{words.left}</p>
        </>
      ) : (
        <p>{words.none}</p>
      )}
    </FormDialog>
  );
}
