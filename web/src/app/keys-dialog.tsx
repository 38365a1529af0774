import { Dialog } from '../components/dialog.tsx';
import styles from './frame.module.css';
import { labelOf, PALETTE_KEY, SHORTCUTS } from './shortcuts.ts';
import { strings } from './strings.ts';

export function KeysDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Dialog opened={opened} onClose={onClose} title={strings.keysTitle} width={360}>
      <dl className={styles.keys}>
        <Keys keys={[PALETTE_KEY]} label={strings.keyActions.palette} />
        {SHORTCUTS.map((shortcut) => (
          <Keys key={shortcut.action} keys={shortcut.keys} label={labelOf(shortcut)} />
        ))}
      </dl>
    </Dialog>
  );
}

function Keys({ keys, label }: { keys: readonly string[]; label: string }) {
  return (
    <div className={styles.key}>
      <dt>{label}</dt>
      <dd>
        {keys.map((key) => (
          <kbd key={key} className={styles.cap}>
            {key}
          </kbd>
        ))}
      </dd>
    </div>
  );
}
