import { Radio } from '@mantine/core';
import { isAtLeast, type Role } from '../../../lib/access.ts';
import { strings } from '../strings.ts';
import styles from './settings.module.css';

const ROLES: readonly Role[] = ['viewer', 'editor', 'admin', 'owner'];

/** Nobody hands out more than they have. */
export function rolesUpTo(mine: Role): readonly Role[] {
  return ROLES.filter((role) => isAtLeast(mine, role));
}

interface RoleChoiceProps {
  readonly mine: Role;
  readonly value: Role;
  readonly onChange: (role: Role) => void;
}

/** Each role with what it may. */
export function RoleChoice({ mine, value, onChange }: RoleChoiceProps) {
  return (
    <Radio.Group label={strings.role} value={value} onChange={(role) => onChange(role as Role)}>
      <div className={styles.choices}>
        {rolesUpTo(mine).map((role) => (
          <Radio key={role} value={role} label={strings.roles[role]} description={strings.roleWords[role]} />
        ))}
      </div>
    </Radio.Group>
  );
}
