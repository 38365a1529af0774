import { useState } from 'react';
import type { Suppression } from '../../../../../src/contract/suppressions.ts';
import { FormDialog } from '../../../components/dialog.tsx';
import { toasts } from '../../../components/toast-store.ts';
import { useRemoveSuppression } from '../api/remove-suppression.ts';
import { strings } from '../strings.ts';

/** Says what it means before an entry is taken away. Null: closed. */
export function RemoveDialog({ entry, onClose }: { entry: Suppression | null; onClose: () => void }) {
  const [shown, setShown] = useState(entry);
  if (entry !== null && entry !== shown) setShown(entry);
  const remove = useRemoveSuppression();
  const words = strings.remove;
  const warning = words.warnings[(shown?.reason ?? 'manual') as keyof typeof words.warnings] ?? '';
  const submit = () => {
    if (shown === null) return;
    remove.mutate(shown.id, {
      onSuccess: ({ meaning }) => {
        toasts.say(meaning);
        onClose();
      },
    });
  };
  return (
    <FormDialog
      opened={entry !== null}
      onClose={onClose}
      title={words.title({ entry: shown?.email ?? '' })}
      submit={words.submit}
      kind="danger"
      busy={remove.isPending}
      error={remove.error}
      onSubmit={submit}
    >
      <p>{words.means}</p>
      {warning === '' ? null : <p>{warning}</p>}
    </FormDialog>
  );
}
