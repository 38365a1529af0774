import { Button } from '../../../components/button.tsx';
import { CopyText } from '../../../components/copy-text.tsx';
import { Dialog } from '../../../components/dialog.tsx';
import { strings } from '../strings.ts';
import styles from './webhooks.module.css';

/** Shown when it is made, and never again. */
export function SecretDialog({ secret, onClose }: { secret: string; onClose: () => void }) {
  const words = strings.secret;
  return (
    <Dialog opened onClose={onClose} title={words.title}>
      <p>{words.words}</p>
      <CopyText text={secret} label={words.label} />
      <div className={styles.buttons}>
        <Button kind="primary" onClick={onClose}>
          {words.done}
        </Button>
      </div>
    </Dialog>
  );
}
