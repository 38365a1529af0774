import { NativeSelect, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { AttributeType } from '../../../../../src/contract/contact-attributes.ts';
import type { ContactChange } from '../../../../../src/contract/contacts.ts';
import { FormDialog } from '../../../components/dialog.tsx';
import { useDeclareAttribute } from '../api/declare-attribute.ts';
import { readValue } from '../attribute-value.ts';
import { strings } from '../strings.ts';

interface AddAttributeDialogProps {
  readonly opened: boolean;
  /** Names that there are. */
  readonly taken: readonly string[];
  readonly onClose: () => void;
  readonly onAdd: (change: ContactChange) => Promise<unknown>;
}

const TYPES = ['string', 'number', 'date', 'boolean', 'array'] as const;
const NAME = /^[\p{L}_][\p{L}\p{N}_-]{0,99}$/u;
const NOTHING = { name: '', type: 'string' as AttributeType, value: '' };

/** A new attribute: its name, its type for everybody, and this contact's value. */
export function AddAttributeDialog({ opened, taken, onClose, onAdd }: AddAttributeDialogProps) {
  const [draft, setDraft] = useState(NOTHING);
  const declare = useDeclareAttribute();
  const add = useMutation({
    mutationFn: async () => {
      await declare.mutateAsync({ name: draft.name, type: draft.type });
      return onAdd({ attributes: { [draft.name]: readValue(draft.type, draft.value) } });
    },
    onSuccess: () => {
      setDraft(NOTHING);
      onClose();
    },
  });
  const words = strings.contact;
  const isTaken = taken.includes(draft.name);
  const isWrong = readValue(draft.type, draft.value) === undefined;
  return (
    <FormDialog
      opened={opened}
      onClose={onClose}
      title={words.addAttribute}
      submit={words.attributeSubmit}
      busy={add.isPending}
      error={add.error}
      disabled={!NAME.test(draft.name) || isTaken || isWrong}
      onSubmit={() => add.mutate()}
    >
      <TextInput
        label={words.attributeName}
        description={words.attributeNameHint}
        data-autofocus
        autoComplete="off"
        value={draft.name}
        error={isTaken ? words.attributeTaken : null}
        onChange={(event) => setDraft({ ...draft, name: event.currentTarget.value.trim() })}
      />
      <NativeSelect
        label={words.attributeType}
        description={words.attributeTypeHint}
        data={TYPES.map((value) => ({ value, label: strings.types[value] }))}
        value={draft.type}
        onChange={(event) => setDraft({ ...draft, type: event.currentTarget.value as AttributeType })}
      />
      <TextInput
        label={strings.bulk.value}
        placeholder={strings.examples[draft.type]}
        value={draft.value}
        onChange={(event) => setDraft({ ...draft, value: event.currentTarget.value })}
      />
    </FormDialog>
  );
}
