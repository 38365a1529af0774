import { useState } from 'react';
import { Button } from './button.tsx';
import styles from './copy-text.module.css';
import { Icon } from './icon.tsx';
import { strings } from './strings.ts';

/** A key, a command or a record, to be taken along whole. */
export function CopyText({ text, label }: { text: string; label: string }) {
  const [copied, setCopied] = useState(false);
  const copy = () => void navigator.clipboard.writeText(text).then(() => setCopied(true));
  return (
    <div className={styles.field}>
      {text.includes('\n') ? (
        <textarea
          className={`mono ${styles.text}`}
          aria-label={label}
          rows={text.split('\n').length}
          readOnly
          value={text}
        />
      ) : (
        <input className={`mono ${styles.text}`} aria-label={label} readOnly value={text} />
      )}
      <Button kind="quiet" onClick={copy}>
        <Icon name={copied ? 'check' : 'copy'} />
        {copied ? strings.copied : strings.copy}
      </Button>
    </div>
  );
}
