import { type FormEvent, useState } from 'react';
import type { List } from '../../../../../src/contract/lists.ts';
import { Button } from '../../../components/button.tsx';
import { Card } from '../../../components/card.tsx';
import { Facts } from '../../../components/facts.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { toasts } from '../../../components/toast-store.ts';
import { useChangeList } from '../api/change-list.ts';
import { strings } from '../strings.ts';
import { type ListDraft, ListFields, settingsOf } from './list-fields.tsx';
import styles from './list-page.module.css';

/** Name, who sees it and how people join. */
export function ListSettings({ list, canEdit }: { list: List; canEdit: boolean }) {
  if (!canEdit) return <ReadSettings list={list} />;
  return <EditSettings key={JSON.stringify(draftOf(list))} list={list} />;
}

function draftOf({ name, description, visibility, optIn }: List): ListDraft {
  return {
    name,
    description: description ?? '',
    visibility: visibility === 'public' ? 'public' : 'private',
    optIn: optIn === 'double' ? 'double' : 'single',
  };
}

function EditSettings({ list }: { list: List }) {
  const before = draftOf(list);
  const [draft, setDraft] = useState(before);
  const change = useChangeList(list.id);
  const isChanged = JSON.stringify(draft) !== JSON.stringify(before);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    // A list that has changed is drawn anew: only the promise outlives that.
    change.mutateAsync(settingsOf(draft)).then(
      () => toasts.say(strings.form.saved),
      () => {},
    );
  };
  return (
    <Card title={strings.settings}>
      <form className={styles.form} onSubmit={submit}>
        <ListFields draft={draft} onChange={setDraft} />
        {change.error ? <ProblemNote error={change.error} /> : null}
        <div>
          <Button type="submit" disabled={!isChanged || draft.name.trim() === ''} busy={change.isPending}>
            {strings.form.save}
          </Button>
        </div>
      </form>
    </Card>
  );
}

function ReadSettings({ list }: { list: List }) {
  const { visibility, optIn, description } = draftOf(list);
  const words = strings.form;
  return (
    <Card title={strings.settings}>
      <Facts
        facts={[
          { label: words.optIn, value: words[optIn] },
          { label: words.visibility, value: words[visibility] },
          { label: words.description, value: description },
        ]}
      />
    </Card>
  );
}
