import { useSyncExternalStore } from 'react';
import { Button } from './button.tsx';
import { strings } from './strings.ts';
import { toasts } from './toast-store.ts';
import styles from './toasts.module.css';

/** Short notices at the foot of the page, read out to screen readers. One for the whole page, in the frame. */
export function Toasts() {
  const shown = useSyncExternalStore(toasts.subscribe, toasts.list);
  return (
    <section className={styles.toasts} aria-label={strings.notices} aria-live="polite">
      {shown.map((toast) => (
        <div key={toast.id} className={styles.toast}>
          <span>{toast.text}</span>
          {toast.onUndo ? (
            <Button kind="quiet" onClick={() => toasts.undo(toast.id)}>
              {strings.undo}
            </Button>
          ) : null}
        </div>
      ))}
    </section>
  );
}
