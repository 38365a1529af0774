import { useState } from 'react';
import { type Declared, type DraftGroup, newClause, newGroup, replaced, withPart } from '../draft.ts';
import { type BuilderActions, GroupBox } from './group-box.tsx';

interface FilterBuilderProps {
  readonly root: DraftGroup;
  readonly declared: Declared;
  readonly faults: ReadonlyMap<number, string>;
  readonly onChange: (root: DraftGroup) => void;
}

/** What a new condition looks at, until somebody chooses. */
const FIRST_SUBJECT = 'field:email';

/** Conditions in groups inside each other; everything works by keyboard as by mouse. */
export function FilterBuilder({ root, declared, faults, onChange }: FilterBuilderProps) {
  const [freshId, setFreshId] = useState<number | null>(null);
  const actions: BuilderActions = {
    change: (id, changed) => {
      if (id === root.id) {
        if (changed !== null && 'parts' in changed) onChange(changed);
        return;
      }
      onChange(replaced(root, id, () => changed));
    },
    addClause: (groupId) => {
      const clause = newClause(FIRST_SUBJECT, declared);
      setFreshId(clause.id);
      onChange(withPart(root, groupId, clause));
    },
    addGroup: (groupId) => {
      const clause = newClause(FIRST_SUBJECT, declared);
      setFreshId(clause.id);
      onChange(withPart(root, groupId, newGroup('or', [clause])));
    },
  };
  return <GroupBox group={root} level={1} declared={declared} faults={faults} freshId={freshId} actions={actions} />;
}
