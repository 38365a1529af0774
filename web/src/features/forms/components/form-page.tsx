import { Checkbox, MultiSelect, Textarea, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import type { Form } from '../../../../../src/contract/forms.ts';
import { ActionMenu } from '../../../components/action-menu.tsx';
import { Button, ButtonLink } from '../../../components/button.tsx';
import { Card } from '../../../components/card.tsx';
import { CopyText } from '../../../components/copy-text.tsx';
import page from '../../../components/page.module.css';
import { PageHead } from '../../../components/page-head.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { toasts } from '../../../components/toast-store.ts';
import { useLists } from '../../../components/use-lists.ts';
import { useUndoableDelete } from '../../../components/use-undoable-delete.ts';
import { useCan } from '../../../lib/access.ts';
import { usePageTitle } from '../../../lib/page-title.ts';
import { formPath, useForm } from '../api/get-form.ts';
import { useSaveForm } from '../api/save-form.ts';
import { draftOf, type FormDraft, isWhole, type TextName } from '../form-draft.ts';
import { strings } from '../strings.ts';
import { FormFields } from './form-fields.tsx';
import styles from './form-page.module.css';
import { FormPreview } from './form-preview.tsx';

/** A form that is being made or changed, with its page beside it as it is written. */
export function FormPage() {
  const { id } = useParams();
  const isEditor = useCan('editor');
  if (id === undefined || id === 'new') return isEditor ? <Editor key="new" form={null} /> : null;
  return <Found key={id} id={id} />;
}

function Found({ id }: { id: string }) {
  const form = useForm(id);
  if (form.isPending)
    return (
      <div className={page.page} role="status" aria-label={strings.loading}>
        <Skeleton width={240} height={28} />
        <Skeleton height={240} />
      </div>
    );
  if (form.isError) return <ProblemNote error={form.error} onRetry={() => void form.refetch()} />;
  return <Editor key={form.data.updatedAt} form={form.data} />;
}

const NEW = { name: '', listIds: [], settings: {} };

/** `form` is null for a new one. */
function Editor({ form }: { form: Form | null }) {
  const [before] = useState(() => draftOf(form ?? NEW));
  const [draft, setDraft] = useState(before);
  const save = useSaveForm(form?.id ?? null);
  const isEditor = useCan('editor');
  const navigate = useNavigate();
  const { remove } = useUndoableDelete();
  const name = form?.name ?? strings.add;
  usePageTitle(name);
  const isChanged = JSON.stringify(draft) !== JSON.stringify(before);
  const isReady = draft.name.trim() !== '' && draft.listIds.length > 0 && draft.fields.every(isWhole);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    // A form that has changed is drawn anew: only the promise outlives that.
    save.mutateAsync(draft).then(
      (made) => {
        toasts.say(form === null ? strings.made({ name: made.name }) : strings.saved);
        if (form === null) void navigate(`/forms/${made.id}`, { replace: true });
      },
      () => {},
    );
  };
  const onDelete = () => {
    if (form === null) return;
    remove({ path: formPath(form.id), text: strings.deleted({ name: form.name }), queryKey: ['forms'] });
    void navigate('/forms');
  };
  return (
    <form className={page.page} onSubmit={submit}>
      <PageHead title={name}>
        {form === null ? null : (
          <ButtonLink href={form.url} target="_blank" rel="noreferrer">
            {strings.open}
          </ButtonLink>
        )}
        {isEditor && form !== null ? (
          <ActionMenu actions={[{ label: strings.delete, icon: 'trash', danger: true, onClick: onDelete }]} />
        ) : null}
        {isEditor ? (
          <Button type="submit" kind="primary" busy={save.isPending} disabled={!isChanged || !isReady}>
            {form === null ? strings.submit : strings.save}
          </Button>
        ) : null}
      </PageHead>
      {save.error ? <ProblemNote error={save.error} /> : null}
      <div className={page.columns}>
        {isEditor ? (
          <div className={page.page}>
            <What draft={draft} onChange={setDraft} />
            <Texts title={strings.parts.page} names={PAGE_TEXTS} draft={draft} onChange={setDraft} />
            <FormFields fields={draft.fields} onChange={(fields) => setDraft({ ...draft, fields })} />
            <Texts title={strings.parts.after} names={AFTER_TEXTS} draft={draft} onChange={setDraft} />
          </div>
        ) : null}
        <div className={styles.side}>
          <FormPreview draft={draft} />
          {form === null ? null : <Share form={form} isChanged={isChanged} />}
        </div>
      </div>
    </form>
  );
}

const PAGE_TEXTS = ['title', 'intro', 'emailLabel', 'listsLabel', 'consentText', 'button', 'language'] as const;
const AFTER_TEXTS = ['doneTitle', 'doneText', 'redirectUrl'] as const;
const LONG: readonly TextName[] = ['intro', 'consentText', 'doneText'];

interface PartProps {
  readonly draft: FormDraft;
  readonly onChange: (draft: FormDraft) => void;
}

function What({ draft, onChange }: PartProps) {
  const lists = useLists() ?? [];
  return (
    <Card title={strings.parts.what}>
      <TextInput
        label={strings.name}
        description={strings.nameHint}
        maxLength={200}
        autoComplete="off"
        value={draft.name}
        onChange={(event) => onChange({ ...draft, name: event.currentTarget.value })}
      />
      <MultiSelect
        label={strings.lists}
        searchable
        data={lists.map(({ id, name }) => ({ value: id, label: name }))}
        value={[...draft.listIds]}
        onChange={(listIds) => onChange({ ...draft, listIds })}
      />
      <Checkbox
        size="xs"
        label={strings.chooseLists}
        description={strings.chooseListsHint}
        checked={draft.chooseLists}
        onChange={(event) => onChange({ ...draft, chooseLists: event.currentTarget.checked })}
      />
    </Card>
  );
}

function Texts({ title, names, draft, onChange }: PartProps & { title: string; names: readonly TextName[] }) {
  return (
    <Card title={title}>
      {names.map((name) => {
        const shared = {
          label: strings.texts[name],
          description: strings.hints[name] || null,
          placeholder: strings.placeholders[name],
          value: draft.texts[name],
        };
        const change = (value: string) => onChange({ ...draft, texts: { ...draft.texts, [name]: value } });
        return LONG.includes(name) ? (
          <Textarea
            key={name}
            {...shared}
            autosize
            minRows={2}
            maxRows={10}
            maxLength={2000}
            onChange={(event) => change(event.currentTarget.value)}
          />
        ) : (
          <TextInput
            key={name}
            {...shared}
            autoComplete="off"
            maxLength={name === 'redirectUrl' ? 2000 : 200}
            onChange={(event) => change(event.currentTarget.value)}
          />
        );
      })}
    </Card>
  );
}

function Share({ form, isChanged }: { form: Form; isChanged: boolean }) {
  return (
    <Card title={strings.parts.share}>
      {isChanged ? <p className="muted">{strings.unsavedShare}</p> : null}
      <div>
        <p className={styles.label}>{strings.link}</p>
        <CopyText text={form.url} label={strings.link} />
      </div>
      <div>
        <p className={styles.label}>{strings.embed}</p>
        <CopyText text={form.embedHtml} label={strings.embed} />
      </div>
    </Card>
  );
}
