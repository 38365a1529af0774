import { Modal } from '@mantine/core';
import type { FormEvent, ReactNode } from 'react';
import { Button } from './button.tsx';
import styles from './dialog.module.css';
import { ProblemNote } from './problem-note.tsx';
import { strings } from './strings.ts';

interface DialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly title: string;
  /** Pixels. */
  readonly width?: number;
  readonly children: ReactNode;
}

/** Something to read or to fill in above the page. Escape and the cross close it. */
export function Dialog({ opened, onClose, title, width = 480, children }: DialogProps) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={title}
      size={width}
      closeButtonProps={{ 'aria-label': strings.close }}
    >
      <div className={styles.dialog}>{children}</div>
    </Modal>
  );
}

interface FormDialogProps extends DialogProps {
  /** What the button says: what happens. */
  readonly submit: string;
  readonly kind?: 'primary' | 'danger';
  readonly busy: boolean;
  readonly error: unknown;
  readonly disabled?: boolean;
  readonly onSubmit: () => void;
}

/** A dialog with fields and one button; Enter submits. Also asks before what cannot be taken back. */
export function FormDialog({ submit, kind = 'primary', busy, error, disabled, onSubmit, ...dialog }: FormDialogProps) {
  const send = (event: FormEvent) => {
    event.preventDefault();
    // A dialog stands inside its page for React: a form around the page would be sent too.
    event.stopPropagation();
    onSubmit();
  };
  return (
    <Dialog {...dialog}>
      <form className={styles.dialog} onSubmit={send}>
        {dialog.children}
        {error ? <ProblemNote error={error} /> : null}
        <div className={styles.buttons}>
          <Button onClick={dialog.onClose}>{strings.cancel}</Button>
          <Button type="submit" kind={kind} busy={busy} disabled={disabled}>
            {submit}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
