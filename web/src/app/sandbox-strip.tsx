import { Link } from 'react-router';
import { useAccounts } from '../features/accounts/api/list-accounts.ts';
import styles from './frame.module.css';
import { strings } from './strings.ts';

/** Said as long as it is true: until there is a sending account, nothing leaves this machine. */
export function SandboxStrip() {
  const accounts = useAccounts().data?.items ?? [];
  if (accounts.length === 0 || !accounts.every((account) => account.isSandbox)) return null;
  return (
    <aside className={styles.strip} aria-label={strings.strip}>
      {strings.strip} <Link to="/accounts?new">{strings.stripLink}</Link>
    </aside>
  );
}
