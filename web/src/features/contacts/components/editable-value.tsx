import { NativeSelect, TagsInput, TextInput } from '@mantine/core';
import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from 'react';
import type { AttributeType } from '../../../../../src/contract/contact-attributes.ts';
import { Button } from '../../../components/button.tsx';
import { Icon } from '../../../components/icon.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { readValue, valueText } from '../attribute-value.ts';
import { strings } from '../strings.ts';
import styles from './editable-value.module.css';

interface EditableValueProps {
  readonly label: string;
  readonly value: unknown;
  readonly type: AttributeType;
  /** Undefined: it can only be read. Null takes the value out. */
  readonly onSave: ((value: unknown) => Promise<unknown>) | undefined;
}

/** A value that is changed where it stands: Enter keeps the change, Escape drops it, and the focus stays here. */
export function EditableValue({ label, value, type, onSave }: EditableValueProps) {
  const [isEditing, setEditing] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const wasEditing = useRef(false);
  useEffect(() => {
    if (wasEditing.current && !isEditing) button.current?.focus();
    wasEditing.current = isEditing;
  }, [isEditing]);
  if (onSave === undefined) return <Shown value={value} />;
  if (isEditing)
    return <Editor label={label} value={value} type={type} onSave={onSave} onDone={() => setEditing(false)} />;
  return (
    <button
      ref={button}
      type="button"
      className={styles.value}
      aria-label={strings.contact.edit({ label })}
      onClick={() => setEditing(true)}
    >
      <Shown value={value} />
      <span className={styles.pencil}>
        <Icon name="pencil" size={14} color="var(--muted)" />
      </span>
    </button>
  );
}

function Shown({ value }: { value: unknown }) {
  if (typeof value === 'boolean') return value ? strings.contact.yes : strings.contact.no;
  const text = valueText(value);
  return text === '' ? <span className="muted">{strings.contact.none}</span> : text;
}

interface EditorProps extends Omit<EditableValueProps, 'onSave'> {
  readonly onSave: (value: unknown) => Promise<unknown>;
  readonly onDone: () => void;
}

function Editor({ label, value, type, onSave, onDone }: EditorProps) {
  const [text, setText] = useState(valueText(value));
  const [list, setList] = useState<string[]>(Array.isArray(value) ? value.map(valueText) : []);
  const [fault, setFault] = useState<string | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const save = (event: FormEvent) => {
    event.preventDefault();
    const read = type === 'array' ? list : readValue(type, text);
    if (read === undefined) return setFault(type === 'date' ? strings.contact.notADate : strings.contact.notANumber);
    setBusy(true);
    setError(null);
    onSave(read).then(onDone, (problem: unknown) => {
      setError(problem);
      setBusy(false);
    });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    onDone();
  };
  const shared = { 'aria-label': label, size: 'xs', autoFocus: true, error: fault } as const;
  return (
    <form className={styles.form} onSubmit={save} onKeyDown={onKeyDown}>
      {type === 'array' ? (
        <TagsInput {...shared} value={list} acceptValueOnBlur onChange={setList} />
      ) : type === 'boolean' ? (
        <NativeSelect
          {...shared}
          data={[
            { value: '', label: strings.contact.none },
            { value: 'true', label: strings.contact.yes },
            { value: 'false', label: strings.contact.no },
          ]}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      ) : (
        <TextInput
          {...shared}
          autoComplete="off"
          inputMode={type === 'number' ? 'decimal' : 'text'}
          placeholder={type === 'date' ? strings.examples.date : ''}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      )}
      <Button type="submit" busy={busy}>
        {strings.contact.save}
      </Button>
      {error ? (
        <div className={styles.error}>
          <ProblemNote error={error} />
        </div>
      ) : null}
    </form>
  );
}
