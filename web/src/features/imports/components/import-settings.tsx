import { NativeSelect, Textarea, TextInput } from '@mantine/core';
import { ADDRESS_NOTES, type ImportMode } from '../../../../../src/contract/imports.ts';
import { Card } from '../../../components/card.tsx';
import { useLists } from '../../../components/use-lists.ts';
import { type ImportDraft, NEW_LIST } from '../import-draft.ts';
import { strings } from '../strings.ts';
import styles from './import-settings.module.css';

interface ImportSettingsProps {
  readonly draft: ImportDraft;
  readonly onChange: (draft: ImportDraft) => void;
}

const MODES = ['merge', 'overwrite', 'skip'] as const;

const NOTE_OR_REFUSE = ['note', 'refuse'] as const;
const CHOICES = {
  role: NOTE_OR_REFUSE,
  disposable: NOTE_OR_REFUSE,
  typo: NOTE_OR_REFUSE,
  mx: ['off', 'note', 'refuse'],
} as const;

/** Into which list, by whose word, what of people who are there already, and which addresses to refuse. */
export function ImportSettings({ draft, onChange }: ImportSettingsProps) {
  const lists = useLists() ?? [];
  const words = strings.settings;
  const change = (part: Partial<ImportDraft>) => onChange({ ...draft, ...part });
  const isDouble = lists.find(({ id }) => id === draft.listId)?.optIn === 'double';
  return (
    <Card title={words.title}>
      <NativeSelect
        label={words.list}
        data={[
          { value: '', label: words.noList },
          ...lists.map(({ id, name }) => ({ value: id, label: name })),
          { value: NEW_LIST, label: words.newList },
        ]}
        value={draft.listId}
        onChange={(event) => change({ listId: event.currentTarget.value })}
      />
      {draft.listId === NEW_LIST ? (
        <TextInput
          label={words.newListName}
          autoComplete="off"
          maxLength={200}
          value={draft.listName}
          onChange={(event) => change({ listName: event.currentTarget.value })}
        />
      ) : null}
      {draft.listId === '' ? null : (
        <Textarea
          label={words.consent}
          description={isDouble ? `${words.consentHint} ${words.consentDouble}` : words.consentHint}
          placeholder={words.consentPlaceholder}
          maxLength={500}
          autosize
          minRows={2}
          value={draft.consent}
          onChange={(event) => change({ consent: event.currentTarget.value })}
        />
      )}
      <NativeSelect
        label={words.mode}
        data={MODES.map((value) => ({ value, label: words.modes[value] }))}
        value={draft.mode}
        onChange={(event) => change({ mode: event.currentTarget.value as ImportMode })}
      />
      <fieldset className={styles.checks}>
        <legend>{words.checks}</legend>
        {ADDRESS_NOTES.map((check) => (
          <div key={check} className={styles.check}>
            <span className="muted" aria-hidden="true">
              {words.checkNames[check]}
            </span>
            <NativeSelect
              size="xs"
              aria-label={words.checkNames[check]}
              data={CHOICES[check].map((value) => ({ value, label: words.checkChoices[value] }))}
              value={draft.checks[check]}
              onChange={(event) =>
                change({ checks: { ...draft.checks, [check]: event.currentTarget.value } as ImportDraft['checks'] })
              }
            />
          </div>
        ))}
      </fieldset>
    </Card>
  );
}
