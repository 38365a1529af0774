import { Switch, Textarea, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { Confirmation, List } from '../../../../../src/contract/lists.ts';
import { Button } from '../../../components/button.tsx';
import { Card } from '../../../components/card.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { toasts } from '../../../components/toast-store.ts';
import { useChangeList } from '../api/change-list.ts';
import { strings } from '../strings.ts';
import styles from './list-page.module.css';

/** Written here, because the words of the page have placeholders of the same form. */
const BRACES = { open: '{{', close: '}}' };

/** The mail that asks people to confirm. */
export function ListConfirmation({ list, canEdit }: { list: List; canEdit: boolean }) {
  const words = strings.confirmation;
  return (
    <Card title={words.title}>
      <p className="muted">{words.only}</p>
      {canEdit ? (
        <EditConfirmation key={JSON.stringify(list.confirmation)} list={list} />
      ) : (
        <p className={styles.text}>{list.confirmation?.text ?? words.ours}</p>
      )}
    </Card>
  );
}

function EditConfirmation({ list }: { list: List }) {
  const words = strings.confirmation;
  const [draft, setDraft] = useState<Confirmation | null>(list.confirmation);
  const change = useChangeList(list.id);
  const isChanged = JSON.stringify(draft) !== JSON.stringify(list.confirmation);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const { html, ...rest } = draft ?? { html: '' };
    const confirmation = draft === null ? null : ({ ...rest, ...(html?.trim() ? { html } : {}) } as Confirmation);
    // A list that has changed is drawn anew: only the promise outlives that.
    change.mutateAsync({ confirmation }).then(
      () => toasts.say(strings.form.saved),
      () => {},
    );
  };
  const example = { subject: words.exampleSubject(BRACES), text: words.exampleText(BRACES) };
  return (
    <form className={styles.form} onSubmit={submit}>
      <Switch
        label={words.own}
        checked={draft !== null}
        onChange={(event) => setDraft(event.currentTarget.checked ? (list.confirmation ?? example) : null)}
      />
      {draft === null ? <p className="muted">{words.ours}</p> : null}
      {draft === null ? null : (
        <>
          <TextInput
            label={words.subject}
            required
            withAsterisk={false}
            value={draft.subject}
            onChange={(event) => setDraft({ ...draft, subject: event.currentTarget.value })}
          />
          <Textarea
            label={words.text}
            description={words.hint(BRACES)}
            required
            withAsterisk={false}
            autosize
            minRows={6}
            maxRows={16}
            value={draft.text}
            onChange={(event) => setDraft({ ...draft, text: event.currentTarget.value })}
          />
          <Textarea
            label={words.html}
            description={words.htmlHint}
            autosize
            minRows={3}
            maxRows={16}
            value={draft.html ?? ''}
            onChange={(event) => setDraft({ ...draft, html: event.currentTarget.value })}
          />
        </>
      )}
      {change.error ? <ProblemNote error={change.error} /> : null}
      <div>
        <Button type="submit" disabled={!isChanged} busy={change.isPending}>
          {strings.form.save}
        </Button>
      </div>
    </form>
  );
}
