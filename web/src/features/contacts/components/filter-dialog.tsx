import { NativeSelect, SegmentedControl, TextInput } from '@mantine/core';
import { useState } from 'react';
import { FormDialog } from '../../../components/dialog.tsx';
import { useAttributes } from '../../../components/use-attributes.ts';
import { useLists } from '../../../components/use-lists.ts';
import type { ContactFilter, ListStatus } from '../contact-filter.ts';
import { strings } from '../strings.ts';

interface FilterDialogProps {
  readonly opened: boolean;
  readonly filter: ContactFilter;
  readonly onClose: () => void;
  readonly onFilter: (filter: ContactFilter) => void;
}

const KINDS = ['list', 'tag', 'attribute'] as const;
type Kind = (typeof KINDS)[number];

/** One more condition for the contacts that are shown. */
export function FilterDialog({ opened, filter, onClose, onFilter }: FilterDialogProps) {
  const [kind, setKind] = useState<Kind>('list');
  const [listId, setListId] = useState('');
  const [status, setStatus] = useState<ListStatus | ''>('');
  const [tag, setTag] = useState('');
  const [attribute, setAttribute] = useState({ name: '', value: '' });
  const words = strings.addFilter;
  const lists = useLists() ?? [];
  const names = useAttributes()?.map(({ name }) => name) ?? [];
  const chosenList = listId || (lists[0]?.id ?? '');
  const chosenName = attribute.name || (names[0] ?? '');
  const made: Readonly<Record<Kind, Partial<ContactFilter> | null>> = {
    list: chosenList === '' ? null : { listId: chosenList, status: status || null },
    tag: tag.trim() === '' ? null : { tag: tag.trim() },
    attribute: chosenName === '' ? null : { attribute: `${chosenName}:${attribute.value}` },
  };
  const condition = made[kind];
  const submit = () => {
    if (condition === null) return;
    onFilter({ ...filter, ...condition });
    onClose();
  };
  return (
    <FormDialog
      opened={opened}
      onClose={onClose}
      title={words.title}
      submit={words.submit}
      busy={false}
      error={null}
      disabled={condition === null}
      onSubmit={submit}
    >
      <SegmentedControl
        aria-label={words.by}
        data={KINDS.map((value) => ({ value, label: words.kinds[value] }))}
        value={kind}
        onChange={(value) => setKind(value as Kind)}
      />
      {kind === 'list' ? (
        <>
          <NativeSelect
            label={words.list}
            data={lists.map(({ id, name }) => ({ value: id, label: name }))}
            value={chosenList}
            onChange={(event) => setListId(event.currentTarget.value)}
          />
          <NativeSelect
            label={words.status}
            data={[
              { value: '', label: words.anyStatus },
              ...Object.entries(strings.listStatus).map(([value, label]) => ({ value, label })),
            ]}
            value={status}
            onChange={(event) => setStatus(event.currentTarget.value as ListStatus | '')}
          />
        </>
      ) : null}
      {kind === 'tag' ? (
        <TextInput label={words.tag} value={tag} onChange={(event) => setTag(event.currentTarget.value)} />
      ) : null}
      {kind === 'attribute' ? (
        <>
          <NativeSelect
            label={words.attribute}
            data={names}
            value={chosenName}
            onChange={(event) => setAttribute({ ...attribute, name: event.currentTarget.value })}
          />
          <TextInput
            label={words.value}
            value={attribute.value}
            onChange={(event) => setAttribute({ ...attribute, value: event.currentTarget.value })}
          />
        </>
      ) : null}
    </FormDialog>
  );
}
