import { useNavigate } from 'react-router';
import { FormDialog } from '../../../components/dialog.tsx';
import { useClearMessages } from '../api/clear-messages.ts';
import { strings } from '../strings.ts';

export function ClearDialog({ opened, total, onClose }: { opened: boolean; total: number; onClose: () => void }) {
  const clear = useClearMessages();
  const navigate = useNavigate();
  const done = () => {
    onClose();
    void navigate('/mailbox');
  };
  return (
    <FormDialog
      opened={opened}
      onClose={onClose}
      title={strings.clearTitle}
      kind="danger"
      submit={strings.deleteAll({ count: total })}
      busy={clear.isPending}
      error={clear.error}
      onSubmit={() => clear.mutate(undefined, { onSuccess: done })}
    >
      <p>{strings.clearText}</p>
    </FormDialog>
  );
}
