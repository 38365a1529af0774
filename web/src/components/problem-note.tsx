import { useState } from 'react';
import { ApiError } from '../lib/api.ts';
import { Button } from './button.tsx';
import { Icon } from './icon.tsx';
import styles from './problem-note.module.css';
import { strings } from './strings.ts';

/** An error where the content would stand: what happened, what to do, and a number that the log knows. */
export function ProblemNote({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const [copied, setCopied] = useState(false);
  const known = error instanceof ApiError ? error : null;
  const requestId = known?.problem?.requestId;
  const copy = () => void navigator.clipboard.writeText(requestId ?? '').then(() => setCopied(true));
  return (
    <div className={styles.note} role="alert">
      <Icon name="warning" color="var(--danger)" />
      <div className={styles.words}>
        <p>{known?.message ?? strings.brokenPage}</p>
        {known?.problem?.errors.map(({ path, message }) => (
          <p key={path + message} className="muted">
            {path}: {message}
          </p>
        ))}
        {requestId ? (
          <p className={`mono muted ${styles.request}`}>
            {strings.request({ id: requestId })}
            <Button kind="quiet" className={styles.copy} onClick={copy}>
              {copied ? strings.copied : strings.copy}
            </Button>
          </p>
        ) : null}
      </div>
      {onRetry ? <Button onClick={onRetry}>{strings.tryAgain}</Button> : null}
    </div>
  );
}
