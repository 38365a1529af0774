import { NativeSelect } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { SEGMENT_FIELDS } from '../../../../../src/contract/segments.ts';
import { Button } from '../../../components/button.tsx';
import { Icon } from '../../../components/icon.tsx';
import { ACTIVITIES, type Declared, type DraftClause, kindOf, operatorsOf, withOp, withSubject } from '../draft.ts';
import { subjectWords } from '../filter-words.ts';
import { strings } from '../strings.ts';
import { ActivityFields } from './activity-fields.tsx';
import styles from './builder.module.css';
import { ClauseValue } from './clause-value.tsx';

interface ClauseRowProps {
  readonly clause: DraftClause;
  readonly number: number;
  readonly declared: Declared;
  readonly fault: string | undefined;
  /** It was added just now: whoever added it goes on here. */
  readonly isFresh: boolean;
  readonly onChange: (clause: DraftClause) => void;
  readonly onRemove: () => void;
}

/** One condition: what is looked at, how, and with what it is compared. */
export function ClauseRow({ clause, number, declared, fault, isFresh, onChange, onRemove }: ClauseRowProps) {
  const kind = kindOf(clause.subject, declared);
  const first = useRef<HTMLSelectElement>(null);
  useEffect(() => {
    if (isFresh) first.current?.focus();
  }, [isFresh]);
  const faultId = `fault-${clause.id}`;
  return (
    <fieldset
      className={styles.clause}
      data-faulty={fault === undefined ? undefined : true}
      aria-describedby={fault === undefined ? undefined : faultId}
    >
      <legend className="unseen">{strings.condition({ number })}</legend>
      <div className={styles.fields}>
        <NativeSelect
          ref={first}
          size="xs"
          aria-label={strings.subject}
          data={subjectsOf(clause.subject, declared)}
          value={clause.subject}
          onChange={(event) => onChange(withSubject(clause, event.currentTarget.value, declared))}
        />
        {kind === null ? null : (
          <NativeSelect
            size="xs"
            aria-label={strings.operator}
            data={operatorsOf(kind).map((op) => ({ value: op, label: operatorWords(kind, op) }))}
            value={clause.op}
            onChange={(event) => onChange(withOp(clause, event.currentTarget.value, declared))}
          />
        )}
        {kind === 'activity' ? (
          <ActivityFields clause={clause} onChange={onChange} />
        ) : (
          <ClauseValue clause={clause} kind={kind} onChange={onChange} />
        )}
      </div>
      <Button kind="quiet" className={styles.remove} aria-label={strings.removeClause({ number })} onClick={onRemove}>
        <Icon name="cross" />
      </Button>
      {fault === undefined ? null : (
        <p id={faultId} className={styles.fault}>
          <Icon name="warning" size={14} color="var(--danger)" />
          {fault}
        </p>
      )}
    </fieldset>
  );
}

function operatorWords(kind: keyof typeof strings.operators, op: string): string {
  const words: Readonly<Record<string, string>> = strings.operators[kind];
  return words[op] ?? op;
}

/** Everything that can be looked at; a subject that is gone stays as long as it is chosen. */
function subjectsOf(chosen: string, declared: Declared) {
  const items = (subjects: readonly string[]) => subjects.map((value) => ({ value, label: subjectWords(value) }));
  const attributes = [...declared.keys()].map((name) => `attribute:${name}`);
  const gone = chosen.startsWith('attribute:') && !attributes.includes(chosen) ? [chosen] : [];
  return [
    { group: strings.subjects.fields, items: items(SEGMENT_FIELDS.map((field) => `field:${field}`)) },
    { group: strings.subjects.attributes, items: items([...attributes, ...gone]) },
    { group: strings.subjects.activity, items: items(ACTIVITIES.map((activity) => `activity:${activity}`)) },
  ].filter((group) => group.items.length > 0);
}
