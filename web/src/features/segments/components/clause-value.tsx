import { MultiSelect, NativeSelect, TagsInput, TextInput } from '@mantine/core';
import {
  type ClauseKind,
  CONTACT_STATUSES,
  LIST_STATUSES,
  type ValueShape,
} from '../../../../../src/contract/segment-operators.ts';
import { useLists } from '../../../components/use-lists.ts';
import { type DraftClause, shapeOf } from '../draft.ts';
import { statusWords } from '../filter-words.ts';
import { strings } from '../strings.ts';
import styles from './builder.module.css';

interface ClauseValueProps {
  readonly clause: DraftClause;
  readonly kind: ClauseKind | null;
  readonly onChange: (clause: DraftClause) => void;
}

/** What a clause compares with, by the shape its operator takes. */
export function ClauseValue({ clause, kind, onChange }: ClauseValueProps) {
  const shape = shapeOf(kind, clause.op);
  const [first = '', second = ''] = clause.values;
  const change = (...values: string[]) => onChange({ ...clause, values });
  switch (shape) {
    case 'none':
      return null;
    case 'text':
    case 'number':
    case 'day':
      return <OneInput label={strings.value} shape={shape} value={first} onChange={(value) => change(value)} />;
    case 'count':
      return (
        <span className={styles.unit}>
          <OneInput label={strings.value} shape={shape} value={first} onChange={(value) => change(value)} />
          {strings.daysUnit}
        </span>
      );
    case 'numbers':
    case 'days':
      return (
        <span className={styles.unit}>
          <OneInput label={strings.from} shape={shape} value={first} onChange={(value) => change(value, second)} />
          <OneInput label={strings.to} shape={shape} value={second} onChange={(value) => change(first, value)} />
        </span>
      );
    case 'texts':
      return (
        <TagsInput
          size="xs"
          aria-label={strings.values}
          placeholder={clause.values.length === 0 ? strings.valuesHint : ''}
          className={styles.many ?? ''}
          value={[...clause.values]}
          acceptValueOnBlur
          onChange={(values) => change(...values)}
        />
      );
    case 'ids':
      return <ListsValue clause={clause} onChange={onChange} />;
    case 'status':
      return (
        <NativeSelect
          size="xs"
          aria-label={strings.value}
          data={[
            ...(first === '' ? [{ value: '', label: '' }] : []),
            ...CONTACT_STATUSES.map((value) => ({ value, label: statusWords(value) })),
          ]}
          value={first}
          onChange={(event) => change(event.currentTarget.value)}
        />
      );
  }
}

interface OneInputProps {
  readonly label: string;
  readonly shape: ValueShape;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function OneInput({ label, shape, value, onChange }: OneInputProps) {
  const isDay = shape === 'day' || shape === 'days';
  const isText = shape === 'text';
  return (
    <TextInput
      size="xs"
      aria-label={label}
      type={isDay ? 'date' : 'text'}
      inputMode={isText || isDay ? 'text' : 'decimal'}
      autoComplete="off"
      className={(isText ? styles.text : styles.short) ?? ''}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

function ListsValue({ clause, onChange }: Omit<ClauseValueProps, 'kind'>) {
  const lists = useLists() ?? [];
  return (
    <>
      <MultiSelect
        size="xs"
        aria-label={strings.lists}
        placeholder={clause.values.length === 0 ? strings.listsChoose : ''}
        searchable
        className={styles.many ?? ''}
        data={lists.map(({ id, name }) => ({ value: id, label: name }))}
        value={[...clause.values]}
        onChange={(values) => onChange({ ...clause, values })}
      />
      <NativeSelect
        size="xs"
        aria-label={strings.listStatus}
        data={LIST_STATUSES.map((value) => ({ value, label: statusWords(value) }))}
        value={clause.status}
        onChange={(event) => onChange({ ...clause, status: event.currentTarget.value })}
      />
    </>
  );
}
