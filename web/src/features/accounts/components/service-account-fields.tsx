import { FileInput, Textarea } from '@mantine/core';
import { CopyText } from '../../../components/copy-text.tsx';
import { clientIdOf, DELEGATED_SCOPES } from '../service-account.ts';
import { strings } from '../strings.ts';
import styles from './accounts.module.css';

interface ServiceAccountFieldsProps {
  readonly text: string;
  readonly problem: string | null;
  /** There is a key already, which nobody sees. */
  readonly isKept: boolean;
  readonly onChange: (text: string) => void;
}

/** The file of a service account's key, chosen or pasted, and what is to be authorised for it, ready to be copied. */
export function ServiceAccountFields({ text, problem, isKept, onChange }: ServiceAccountFieldsProps) {
  const words = strings.serviceAccount;
  const clientId = clientIdOf(text);
  return (
    <fieldset className={styles.group}>
      <legend>{words.title}</legend>
      <FileInput
        label={words.file}
        placeholder={words.choose}
        accept="application/json,.json"
        onChange={(file) => void file?.text().then(onChange)}
      />
      <Textarea
        label={words.key}
        description={isKept ? strings.form.passwordKeptWhy : words.keyHint}
        placeholder={isKept ? strings.form.passwordKept : ''}
        autosize
        minRows={2}
        maxRows={6}
        spellCheck={false}
        autoComplete="off"
        value={text}
        error={problem}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      <p className={styles.note}>{words.delegate}</p>
      {clientId === null ? null : <CopyText text={clientId} label={words.clientId} />}
      <CopyText text={DELEGATED_SCOPES.join(',')} label={words.scopes} />
    </fieldset>
  );
}
