import { Modal } from '@mantine/core';
import { SHORTCUTS } from '../lib/shortcuts.ts';
import styles from './frame.module.css';
import { strings } from './strings.ts';

export function KeysDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={strings.keysTitle}
      size={320}
      closeButtonProps={{ 'aria-label': strings.close }}
    >
      <dl className={styles.keys}>
        {SHORTCUTS.map(({ keys, action, label }) => (
          <div key={action} className={styles.key}>
            <dt>{label}</dt>
            <dd>
              {keys.map((key) => (
                <kbd key={key} className={styles.cap}>
                  {key}
                </kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
