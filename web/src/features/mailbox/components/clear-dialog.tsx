import { Modal } from '@mantine/core';
import { useNavigate } from 'react-router';
import { Button } from '../../../components/button.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { plural } from '../../../lib/numbers.ts';
import { useClearMessages } from '../api/clear-messages.ts';
import { strings } from '../strings.ts';
import styles from './dialog.module.css';

export function ClearDialog({ opened, total, onClose }: { opened: boolean; total: number; onClose: () => void }) {
  const clear = useClearMessages();
  const navigate = useNavigate();
  const done = () => {
    onClose();
    void navigate('/mailbox');
  };
  return (
    <Modal opened={opened} onClose={onClose} title={strings.clearTitle} closeButtonProps={{ 'aria-label': 'Close' }}>
      <div className={styles.dialog}>
        <p>{strings.clearText}</p>
        {clear.error ? <ProblemNote error={clear.error} /> : null}
        <div className={styles.buttons}>
          <Button onClick={onClose} data-autofocus>
            {strings.keep}
          </Button>
          <Button kind="danger" busy={clear.isPending} onClick={() => clear.mutate(undefined, { onSuccess: done })}>
            Delete {plural(total, 'message', 'messages')}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
