import { NativeSelect, TextInput } from '@mantine/core';
import { strings } from '../strings.ts';

/** What can be set of a list. */
export interface ListDraft {
  readonly name: string;
  readonly description: string;
  readonly visibility: 'public' | 'private';
  readonly optIn: 'single' | 'double';
}

interface ListFieldsProps {
  readonly draft: ListDraft;
  readonly onChange: (draft: ListDraft) => void;
}

export function ListFields({ draft, onChange }: ListFieldsProps) {
  const words = strings.form;
  const change = (part: Partial<ListDraft>) => onChange({ ...draft, ...part });
  return (
    <>
      <TextInput
        label={words.name}
        required
        withAsterisk={false}
        maxLength={200}
        autoComplete="off"
        data-autofocus
        value={draft.name}
        onChange={(event) => change({ name: event.currentTarget.value })}
      />
      <NativeSelect
        label={words.optIn}
        description={words.optInHint}
        data={[
          { value: 'single', label: words.single },
          { value: 'double', label: words.double },
        ]}
        value={draft.optIn}
        onChange={(event) => change({ optIn: event.currentTarget.value as ListDraft['optIn'] })}
      />
      <NativeSelect
        label={words.visibility}
        description={words.visibilityHint}
        data={[
          { value: 'private', label: words.private },
          { value: 'public', label: words.public },
        ]}
        value={draft.visibility}
        onChange={(event) => change({ visibility: event.currentTarget.value as ListDraft['visibility'] })}
      />
      <TextInput
        label={words.description}
        description={words.descriptionHint}
        maxLength={500}
        autoComplete="off"
        value={draft.description}
        onChange={(event) => change({ description: event.currentTarget.value })}
      />
    </>
  );
}

/** As the API takes it. */
export function settingsOf({ name, description, visibility, optIn }: ListDraft) {
  return { name: name.trim(), visibility, optIn, description: description.trim() === '' ? null : description.trim() };
}
