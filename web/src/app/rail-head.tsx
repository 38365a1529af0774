import type { Me } from '../../../src/contract/auth.ts';
import { Mark } from '../components/mark.tsx';
import { WorkspaceSwitcher } from '../features/session/components/workspace-switcher.tsx';
import styles from './rail.module.css';
import { strings } from './strings.ts';

/** The product and the workspace, and the way to another one. */
export function RailHead({ me }: { me: Me }) {
  return (
    <WorkspaceSwitcher me={me}>
      <div className={styles.workspace}>
        <Mark />
        <div className={styles.names}>
          <strong>{strings.product}</strong>
          <span className="muted">{me.workspace.name}</span>
        </div>
      </div>
    </WorkspaceSwitcher>
  );
}
