import { useEffect, useState } from 'react';
import { Card } from '../../../components/card.tsx';
import { useFormPreview } from '../api/preview-form.ts';
import type { FormDraft } from '../form-draft.ts';
import { strings } from '../strings.ts';
import styles from './form-page.module.css';

const PATIENCE_MS = 300;

/**
 * The page as it would be, in a frame of its own: no scripts, nothing can be sent from it, and it cannot reach this page.
 * Asked for a third of a second after the last key.
 */
export function FormPreview({ draft }: { draft: FormDraft }) {
  const [settled, setSettled] = useState(draft);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(draft), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [draft]);
  const html = useFormPreview(settled);
  return (
    <Card title={strings.preview} flush>
      {html === undefined || draft.listIds.length === 0 ? (
        <p className={styles.wait}>{strings.previewWait}</p>
      ) : (
        <iframe
          className={styles.frame}
          title={strings.preview}
          sandbox=""
          referrerPolicy="no-referrer"
          srcDoc={html}
        />
      )}
    </Card>
  );
}
