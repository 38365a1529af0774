import { Checkbox, TextInput } from '@mantine/core';
import { Button } from '../../../components/button.tsx';
import { Card } from '../../../components/card.tsx';
import { Icon } from '../../../components/icon.tsx';
import { type DraftField, moved, newField } from '../form-draft.ts';
import { strings } from '../strings.ts';
import styles from './form-page.module.css';

const MOST = 20;

interface FormFieldsProps {
  readonly fields: readonly DraftField[];
  readonly onChange: (fields: readonly DraftField[]) => void;
}

/** What is asked besides the address, in its order. */
export function FormFields({ fields, onChange }: FormFieldsProps) {
  const words = strings.field;
  const change = (key: number, part: Partial<DraftField>) =>
    onChange(fields.map((field) => (field.key === key ? { ...field, ...part } : field)));
  const add = () => {
    const isFirst = !fields.some(({ name }) => name === 'firstName');
    onChange([...fields, newField(isFirst ? { name: 'firstName', label: words.firstName } : { name: '', label: '' })]);
  };
  return (
    <Card title={strings.parts.fields}>
      {fields.length === 0 ? <p className="muted">{words.none}</p> : null}
      <ul className={styles.fields}>
        {fields.map(({ key, name, label, required = false }, i) => (
          <li key={key} className={styles.field}>
            <TextInput
              size="xs"
              aria-label={words.label}
              placeholder={words.label}
              maxLength={200}
              autoComplete="off"
              value={label}
              onChange={(event) => change(key, { label: event.currentTarget.value })}
            />
            <TextInput
              size="xs"
              aria-label={words.name}
              placeholder={words.nameHint}
              maxLength={50}
              autoComplete="off"
              value={name}
              onChange={(event) => change(key, { name: event.currentTarget.value.trim() })}
            />
            <Checkbox
              size="xs"
              label={words.required}
              checked={required}
              onChange={(event) => change(key, { required: event.currentTarget.checked })}
            />
            <span className={styles.buttons}>
              <Button
                kind="quiet"
                aria-label={words.up({ label })}
                disabled={i === 0}
                onClick={() => onChange(moved(fields, i, i - 1))}
              >
                <Icon name="up" />
              </Button>
              <Button
                kind="quiet"
                aria-label={words.down({ label })}
                disabled={i === fields.length - 1}
                onClick={() => onChange(moved(fields, i, i + 1))}
              >
                <Icon name="down" />
              </Button>
              <Button
                kind="quiet"
                aria-label={words.remove({ label })}
                onClick={() => onChange(fields.filter((field) => field.key !== key))}
              >
                <Icon name="cross" />
              </Button>
            </span>
          </li>
        ))}
      </ul>
      {fields.length < MOST ? (
        <div>
          <Button onClick={add}>
            <Icon name="plus" />
            {words.add}
          </Button>
        </div>
      ) : null}
    </Card>
  );
}
