import { Button } from '../../../components/button.tsx';
import { CopyText } from '../../../components/copy-text.tsx';
import { Dialog } from '../../../components/dialog.tsx';
import { strings } from '../strings.ts';
import styles from './settings.module.css';

/** Open while there are codes to be kept. */
export function RecoveryCodesDialog({ codes, onClose }: { codes: readonly string[] | null; onClose: () => void }) {
  const words = strings.recovery;
  return (
    <Dialog opened={codes !== null} onClose={onClose} title={words.shownTitle}>
      <p>{words.shown}</p>
      <CopyText text={codes?.join('\n') ?? ''} label={words.label} />
      <div className={styles.buttons}>
        <Button kind="primary" onClick={onClose}>
          {words.kept}
        </Button>
      </div>
    </Dialog>
  );
}
