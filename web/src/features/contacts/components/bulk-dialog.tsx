import { NativeSelect, TagsInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { ContactAction } from '../../../../../src/contract/contact-bulk.ts';
import type { ContactCount } from '../../../../../src/contract/contacts.ts';
import { countWords } from '../../../components/count-words.ts';
import { FormDialog } from '../../../components/dialog.tsx';
import { toasts } from '../../../components/toast-store.ts';
import { useAttributes } from '../../../components/use-attributes.ts';
import { useLists } from '../../../components/use-lists.ts';
import { useBulk } from '../api/start-bulk.ts';
import { changeOf, EMPTY_BULK } from '../bulk.ts';
import { type ContactFilter, queryOf } from '../contact-filter.ts';
import { strings } from '../strings.ts';

interface BulkDialogProps {
  /** Null: closed. */
  readonly action: ContactAction | null;
  /** Null: everybody who fits. */
  readonly ids: ReadonlySet<string> | null;
  readonly filter: ContactFilter;
  readonly fits: ContactCount | undefined;
  readonly onClose: () => void;
  /** Told of what goes on in the background; null when it is over. */
  readonly onDone: (operationId: string | null) => void;
}

const DANGERS: readonly ContactAction[] = ['delete', 'unsubscribe', 'suppress'];

/** Says how many an action is about and what it means, and asks for what it needs. */
export function BulkDialog({ action, ids, filter, fits, onClose, onDone }: BulkDialogProps) {
  const [shown, setShown] = useState<ContactAction>('add-tags');
  if (action !== null && action !== shown) setShown(action);
  const [draft, setDraft] = useState(EMPTY_BULK);
  const bulk = useBulk();
  const attributes = useAttributes() ?? [];
  const lists = useLists() ?? [];
  const name = draft.attribute || (attributes[0]?.name ?? '');
  const filled = { ...draft, listId: draft.listId || (lists[0]?.id ?? ''), attribute: name };
  const type = attributes.find((attribute) => attribute.name === name)?.type;
  const change = changeOf(shown, filled, type);
  const words = strings.bulk;
  const close = () => {
    bulk.reset();
    onClose();
  };
  const submit = () => {
    if (change === null) return;
    const whom = ids === null ? { filter: queryOf(filter) } : { ids: [...ids] };
    bulk.mutate(
      { ...change, ...whom },
      {
        onSuccess: ({ operationId, state, changed, total, processed }) => {
          setDraft(EMPTY_BULK);
          if (state === 'active' || state === 'waiting') return onDone(operationId);
          toasts.say(words.done({ name: strings.actions[shown], changed, total: total ?? processed }));
          onDone(null);
        },
      },
    );
  };
  return (
    <FormDialog
      opened={action !== null}
      onClose={close}
      title={strings.actions[shown]}
      submit={words.submit[shown]}
      kind={DANGERS.includes(shown) ? 'danger' : 'primary'}
      busy={bulk.isPending}
      error={bulk.error}
      disabled={change === null}
      onSubmit={submit}
    >
      <p>{aboutWords(ids, fits)}</p>
      {shown === 'add-tags' || shown === 'remove-tags' ? (
        <TagsInput
          label={words.tags}
          description={words.tagsHint}
          data-autofocus
          value={[...draft.tags]}
          acceptValueOnBlur
          onChange={(tags) => setDraft({ ...draft, tags })}
        />
      ) : null}
      {shown === 'add-to-list' || shown === 'remove-from-list' ? (
        <NativeSelect
          label={words.list}
          data={lists.map((list) => ({ value: list.id, label: list.name }))}
          value={filled.listId}
          onChange={(event) => setDraft({ ...draft, listId: event.currentTarget.value })}
        />
      ) : null}
      {shown === 'set-attribute' ? (
        <>
          <NativeSelect
            label={words.attribute}
            data={attributes.map((attribute) => attribute.name)}
            value={name}
            onChange={(event) => setDraft({ ...draft, attribute: event.currentTarget.value })}
          />
          <TextInput
            label={words.value}
            description={words.valueHint}
            value={draft.value}
            error={
              change === null && type !== undefined
                ? words.valueWrong({ type: strings.types[type], example: strings.examples[type] })
                : null
            }
            onChange={(event) => setDraft({ ...draft, value: event.currentTarget.value })}
          />
        </>
      ) : null}
      <Meaning action={shown} />
    </FormDialog>
  );
}

function aboutWords(ids: ReadonlySet<string> | null, fits: ContactCount | undefined): string {
  if (ids !== null) return strings.bulk.of({ count: ids.size });
  if (!fits) return '';
  return fits.exact ? strings.bulk.of({ count: fits.count }) : strings.bulk.ofEstimate({ words: countWords(fits) });
}

function Meaning({ action }: { action: ContactAction }) {
  const words = strings.bulk;
  const meanings: Partial<Record<ContactAction, string>> = {
    'add-to-list': words.addToList,
    'remove-from-list': words.removeFromList,
    unsubscribe: words.unsubscribe,
    suppress: words.suppress,
    delete: words.delete,
  };
  const meaning = meanings[action];
  return meaning === undefined ? null : <p className="muted">{meaning}</p>;
}
