import { SegmentedControl } from '@mantine/core';
import { MOST_LEVELS } from '../../../../../src/contract/segments.ts';
import { Button } from '../../../components/button.tsx';
import { Icon } from '../../../components/icon.tsx';
import { type Declared, type DraftGroup, type DraftNode, isGroup, JOINS, type Join } from '../draft.ts';
import { strings } from '../strings.ts';
import styles from './builder.module.css';
import { ClauseRow } from './clause-row.tsx';

export interface BuilderActions {
  readonly change: (id: number, changed: DraftNode | null) => void;
  readonly addClause: (groupId: number) => void;
  readonly addGroup: (groupId: number) => void;
}

interface GroupBoxProps {
  readonly group: DraftGroup;
  /** 1 is the outermost. */
  readonly level: number;
  readonly declared: Declared;
  readonly faults: ReadonlyMap<number, string>;
  readonly freshId: number | null;
  readonly actions: BuilderActions;
}

/** Conditions that go together, and groups of them inside each other. */
export function GroupBox({ group, level, declared, faults, freshId, actions }: GroupBoxProps) {
  const fault = faults.get(group.id);
  return (
    <fieldset className={styles.group} data-level={level}>
      <legend className="unseen">{strings.group}</legend>
      <div className={styles.head}>
        <SegmentedControl
          size="xs"
          aria-label={strings.join}
          data={JOINS.map((value) => ({ value, label: strings.joins[value] }))}
          value={group.join}
          onChange={(join) => actions.change(group.id, { ...group, join: join as Join })}
        />
        {level > 1 ? (
          <Button kind="quiet" aria-label={strings.removeGroup} onClick={() => actions.change(group.id, null)}>
            <Icon name="cross" />
          </Button>
        ) : null}
      </div>
      {group.parts.map((part, i) =>
        isGroup(part) ? (
          <GroupBox
            key={part.id}
            group={part}
            level={level + 1}
            declared={declared}
            faults={faults}
            freshId={freshId}
            actions={actions}
          />
        ) : (
          <ClauseRow
            key={part.id}
            clause={part}
            number={i + 1}
            declared={declared}
            fault={faults.get(part.id)}
            isFresh={part.id === freshId}
            onChange={(clause) => actions.change(part.id, clause)}
            onRemove={() => {
              document.getElementById(addId(group.id))?.focus();
              actions.change(part.id, null);
            }}
          />
        ),
      )}
      {fault === undefined ? null : (
        <p className={styles.fault}>
          <Icon name="warning" size={14} color="var(--danger)" />
          {fault}
        </p>
      )}
      <div className={styles.adders}>
        <Button kind="quiet" id={addId(group.id)} onClick={() => actions.addClause(group.id)}>
          <Icon name="plus" />
          {strings.addClause}
        </Button>
        {level < MOST_LEVELS ? (
          <Button kind="quiet" onClick={() => actions.addGroup(group.id)}>
            <Icon name="plus" />
            {strings.addGroup}
          </Button>
        ) : null}
      </div>
    </fieldset>
  );
}

/** Who removes the last thing of a group goes on at its button. */
function addId(groupId: number): string {
  return `add-to-${groupId}`;
}
