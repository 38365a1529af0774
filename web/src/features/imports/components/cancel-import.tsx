import { useState } from 'react';
import type { ImportStatus } from '../../../../../src/contract/imports.ts';
import { Button } from '../../../components/button.tsx';
import { FormDialog } from '../../../components/dialog.tsx';
import { useCan } from '../../../lib/access.ts';
import { useCancelImport } from '../api/cancel-import.ts';
import { strings } from '../strings.ts';

/** Stops an import between two chunks; what was written stays. */
export function CancelImport({ status }: { status: ImportStatus }) {
  const [isAsking, setAsking] = useState(false);
  const cancel = useCancelImport(status.importId);
  const isEditor = useCan('editor');
  if (!isEditor) return null;
  const label = status.dryRun ? strings.cancelLook : strings.cancel;
  return (
    <>
      <Button onClick={() => setAsking(true)}>{label}</Button>
      <FormDialog
        opened={isAsking}
        onClose={() => setAsking(false)}
        title={status.dryRun ? strings.droppedTitle : strings.cancelTitle}
        submit={label}
        kind="danger"
        busy={cancel.isPending}
        error={cancel.error}
        onSubmit={() => cancel.mutate(undefined, { onSuccess: () => setAsking(false) })}
      >
        <p>{status.dryRun ? strings.dropText : strings.cancelText}</p>
      </FormDialog>
    </>
  );
}
