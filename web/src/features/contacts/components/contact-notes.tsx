import { Textarea } from '@mantine/core';
import { useState } from 'react';
import type { ContactChange } from '../../../../../src/contract/contacts.ts';
import { Button } from '../../../components/button.tsx';
import { Card } from '../../../components/card.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { strings } from '../strings.ts';
import styles from './contact-page.module.css';

interface ContactNotesProps {
  readonly notes: string | null;
  /** Undefined: they can only be read. */
  readonly onChange: ((change: ContactChange) => Promise<unknown>) | undefined;
}

/** What people write down of somebody. */
export function ContactNotes({ notes, onChange }: ContactNotesProps) {
  const [text, setText] = useState(notes ?? '');
  const [error, setError] = useState<unknown>(null);
  const words = strings.contact;
  const save = () => {
    setError(null);
    onChange?.({ notes: text.trim() === '' ? null : text }).catch(setError);
  };
  const isChanged = text !== (notes ?? '');
  return (
    <Card title={words.notes}>
      {onChange ? (
        <>
          <Textarea
            aria-label={words.notes}
            description={words.notesHint}
            inputWrapperOrder={['input', 'description']}
            autosize
            minRows={2}
            maxRows={12}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          {isChanged ? (
            <div>
              <Button onClick={save}>{words.save}</Button>
            </div>
          ) : null}
          {error ? <ProblemNote error={error} /> : null}
        </>
      ) : (
        <p className={styles.notes}>{notes ?? <span className="muted">{words.none}</span>}</p>
      )}
    </Card>
  );
}
