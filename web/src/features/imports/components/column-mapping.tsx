import { NativeSelect, TextInput } from '@mantine/core';
import type { AttributeType } from '../../../../../src/contract/contact-attributes.ts';
import type { ImportPreview } from '../../../../../src/contract/imports.ts';
import { Card } from '../../../components/card.tsx';
import { Icon } from '../../../components/icon.tsx';
import { useAttributes } from '../../../components/use-attributes.ts';
import {
  CHOICES,
  type Field,
  faultOf,
  guessOf,
  type Mapping,
  mappingOf,
  nameFrom,
  type Target,
  TYPES,
} from '../mapping.ts';
import { strings } from '../strings.ts';
import styles from './column-mapping.module.css';

interface ColumnMappingProps {
  readonly preview: ImportPreview;
  /** By header, only what was changed. */
  readonly changed: Mapping;
  readonly onChange: (changed: Mapping) => void;
}

/** Every column with three of its values, and what becomes of it. */
export function ColumnMapping({ preview, changed, onChange }: ColumnMappingProps) {
  const words = strings.preview;
  const mapping = mappingOf(preview.columns, changed);
  const fault = faultOf(mapping);
  const program = strings.layouts[preview.layout as keyof typeof strings.layouts] ?? '';
  return (
    <Card title={words.title} flush>
      {program === '' ? null : <p className={styles.note}>{words.layout({ program })}</p>}
      {fault === null ? null : (
        <p className={styles.fault} role="alert">
          <Icon name="warning" color="var(--danger)" />
          {words.faults[fault]}
        </p>
      )}
      <ul>
        {preview.columns.map((column) => (
          <li key={column.header} className={styles.column}>
            <div className={styles.words}>
              <strong>{column.header}</strong>
              <span className={`muted ${styles.samples}`}>{column.samples.join(' · ')}</span>
            </div>
            <TargetFields
              column={column}
              target={mapping[column.header] ?? guessOf(column)}
              onChange={(target) => onChange({ ...changed, [column.header]: target })}
            />
          </li>
        ))}
      </ul>
    </Card>
  );
}

type Column = ImportPreview['columns'][number];

interface TargetFieldsProps {
  readonly column: Column;
  readonly target: Target;
  readonly onChange: (target: Target) => void;
}

function TargetFields({ column, target, onChange }: TargetFieldsProps) {
  const declared = useAttributes()?.map(({ name }) => name) ?? [];
  const words = strings.preview;
  const guess = guessOf(column);
  const pick = (value: string) => onChange(targetOf(value, column));
  return (
    <div className={styles.target}>
      <NativeSelect
        size="xs"
        aria-label={words.of({ header: column.header })}
        data={choicesOf(guess, declared)}
        value={keyOf(target)}
        onChange={(event) => pick(event.currentTarget.value)}
      />
      {target.kind === 'new' ? (
        <>
          <TextInput
            size="xs"
            aria-label={words.newName}
            autoComplete="off"
            value={target.name}
            onChange={(event) => onChange({ ...target, name: event.currentTarget.value.trim() })}
          />
          <NativeSelect
            size="xs"
            aria-label={words.newType}
            data={TYPES.map((value) => ({ value, label: strings.types[value] }))}
            value={target.type}
            onChange={(event) => onChange({ ...target, type: event.currentTarget.value as AttributeType })}
          />
        </>
      ) : (
        <span className="muted">{typeWords(target, column)}</span>
      )}
    </div>
  );
}

function typeWords(target: Target, { type, target: guessed }: Column): string {
  if (target.kind !== 'attribute' || target.name !== guessed || type === null) return '';
  return strings.types[type as AttributeType] ?? type;
}

function choicesOf(guess: Target, declared: readonly string[]) {
  const words = strings.preview;
  const guessed = guess.kind === 'attribute' ? [guess.name] : [];
  const attributes = [...new Set([...guessed, ...declared])];
  const special =
    guess.kind === 'field' && !CHOICES.some((choice) => choice === guess.field) ? [guess.field] : ([] as Field[]);
  return [
    {
      group: words.fields,
      items: CHOICES.map((field) => ({ value: `field:${field}`, label: strings.fieldNames[field] })),
    },
    {
      group: words.recognised,
      items: special.map((field) => ({ value: `field:${field}`, label: strings.fieldNames[field] })),
    },
    {
      group: words.attributes,
      items: [
        ...attributes.map((name) => ({ value: `attribute:${name}`, label: name })),
        { value: 'new', label: words.newAttribute },
      ],
    },
    { group: '—', items: [{ value: 'none', label: words.none }] },
  ].filter(({ items }) => items.length > 0);
}

function keyOf(target: Target): string {
  switch (target.kind) {
    case 'none':
    case 'new':
      return target.kind;
    case 'field':
      return `field:${target.field}`;
    case 'attribute':
      return `attribute:${target.name}`;
  }
}

function targetOf(value: string, { header, type }: Column): Target {
  if (value === 'none') return { kind: 'none' };
  if (value === 'new')
    return { kind: 'new', name: nameFrom(header), type: TYPES.find((each) => each === type) ?? 'string' };
  const at = value.indexOf(':');
  const name = value.slice(at + 1);
  return value.startsWith('field:') ? { kind: 'field', field: name as Field } : { kind: 'attribute', name };
}
