import type { Me } from '../../../src/contract/auth.ts';
import { Mark } from '../components/mark.tsx';
import styles from './rail.module.css';
import { strings } from './strings.ts';

/** The product and the workspace. */
export function RailHead({ me }: { me: Me }) {
  return (
    <div className={styles.workspace}>
      <Mark />
      <div className={styles.names}>
        <strong>{strings.product}</strong>
        <span className="muted">{me.workspace.name}</span>
      </div>
    </div>
  );
}
