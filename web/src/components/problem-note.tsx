import { useState } from 'react';
import { ApiError } from '../lib/api.ts';
import { Button } from './button.tsx';
import { Icon } from './icon.tsx';
import styles from './problem-note.module.css';

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
        <p>{known?.message ?? 'This page met an error of its own. Nothing was changed on the server.'}</p>
        {known?.problem?.errors.map(({ path, message }) => (
          <p key={path + message} className="muted">
            {path}: {message}
          </p>
        ))}
        {requestId ? (
          <p className={`mono muted ${styles.request}`}>
            request {requestId}
            <Button kind="quiet" className={styles.copy} onClick={copy}>
              {copied ? 'Copied' : 'Copy'}
            </Button>
          </p>
        ) : null}
      </div>
      {onRetry ? <Button onClick={onRetry}>Try again</Button> : null}
    </div>
  );
}
