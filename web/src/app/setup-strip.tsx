import { Link } from 'react-router';
import type { Me } from '../../../src/contract/auth.ts';
import styles from './frame.module.css';
import { strings } from './strings.ts';

/** Said until the owner of the first start has a password. */
export function SetupStrip({ me }: { me: Me }) {
  if (me.setupDone || me.user === null || me.role !== 'owner') return null;
  return (
    <aside className={styles.strip} aria-label={strings.setupStrip}>
      {strings.setupStrip} <Link to="/setup">{strings.setupStripLink}</Link>
    </aside>
  );
}
