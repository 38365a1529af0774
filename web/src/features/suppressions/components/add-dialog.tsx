import { NativeSelect, SegmentedControl, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { NewSuppression } from '../../../../../src/contract/suppressions.ts';
import { FormDialog } from '../../../components/dialog.tsx';
import { toasts } from '../../../components/toast-store.ts';
import { useAddSuppression } from '../api/add-suppression.ts';
import { useImportSuppressions } from '../api/import-suppressions.ts';
import { entryOf, linesOf } from '../entry.ts';
import { strings } from '../strings.ts';

interface AddDialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  /** Told of an import that goes on in the background. */
  readonly onStarted: (importId: string) => void;
}

const NOTHING = { entry: '', entries: '', reason: 'manual', source: '', until: '' };

/** One entry, or many that are pasted. */
export function AddDialog({ opened, onClose, onStarted }: AddDialogProps) {
  const [isMany, setMany] = useState(false);
  const [draft, setDraft] = useState(NOTHING);
  const add = useAddSuppression();
  const importing = useImportSuppressions();
  const words = strings.form;
  const change = (part: Partial<typeof NOTHING>) => setDraft({ ...draft, ...part });
  const entry = entryOf(draft.entry);
  const lines = linesOf(draft.entries);
  const done = () => {
    setDraft(NOTHING);
    onClose();
  };
  const addOne = () => {
    if (entry === null) return;
    const body = {
      ...entry,
      reason: draft.reason as NonNullable<NewSuppression['reason']>,
      ...(draft.source.trim() === '' ? {} : { source: draft.source.trim() }),
      ...(draft.until === '' ? {} : { expiresAt: new Date(`${draft.until}T00:00:00`).toISOString() }),
    };
    add.mutate(body, {
      onSuccess: ({ email }) => {
        toasts.say(words.done({ entry: email }));
        done();
      },
    });
  };
  const addMany = () =>
    importing.mutate(
      {
        file: new Blob([lines.join('\n')], { type: 'text/plain' }),
        name: `${strings.file.pasted}.txt`,
        reason: draft.reason,
        source: draft.source.trim(),
        onProgress: () => {},
        signal: new AbortController().signal,
      },
      {
        onSuccess: ({ importId }) => {
          onStarted(importId);
          done();
        },
      },
    );
  return (
    <FormDialog
      opened={opened}
      onClose={onClose}
      title={words.title}
      submit={words.submit}
      busy={add.isPending || importing.isPending}
      error={isMany ? importing.error : add.error}
      disabled={isMany ? lines.length === 0 : entry === null}
      onSubmit={isMany ? addMany : addOne}
    >
      <SegmentedControl
        aria-label={words.how}
        data={[
          { value: 'one', label: words.one },
          { value: 'many', label: words.many },
        ]}
        value={isMany ? 'many' : 'one'}
        onChange={(value) => setMany(value === 'many')}
      />
      {isMany ? (
        <Textarea
          label={words.entries}
          description={lines.length === 0 ? words.entryHint : words.count({ count: lines.length })}
          autosize
          minRows={6}
          maxRows={14}
          value={draft.entries}
          onChange={(event) => change({ entries: event.currentTarget.value })}
        />
      ) : (
        <TextInput
          label={words.entry}
          description={words.entryHint}
          data-autofocus
          autoComplete="off"
          value={draft.entry}
          onChange={(event) => change({ entry: event.currentTarget.value })}
        />
      )}
      <NativeSelect
        label={words.reason}
        data={Object.entries(strings.given).map(([value, label]) => ({ value, label }))}
        value={draft.reason}
        onChange={(event) => change({ reason: event.currentTarget.value })}
      />
      <TextInput
        label={words.source}
        description={words.sourceHint}
        maxLength={300}
        autoComplete="off"
        value={draft.source}
        onChange={(event) => change({ source: event.currentTarget.value })}
      />
      {isMany ? null : (
        <TextInput
          type="date"
          label={words.until}
          description={words.untilHint}
          value={draft.until}
          onChange={(event) => change({ until: event.currentTarget.value })}
        />
      )}
    </FormDialog>
  );
}
