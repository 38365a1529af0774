import { Link } from 'react-router';
import { Card } from '../../../components/card.tsx';
import { Meter } from '../../../components/meter.tsx';
import { useAccountUse } from '../api/get-use.ts';
import { useAccounts } from '../api/list-accounts.ts';
import { shareOf, tightestOf } from '../limit-use.ts';
import { strings } from '../strings.ts';
import { AccountState } from './account-state.tsx';
import styles from './accounts.module.css';

/** From here on a limit is near; the meters turn amber there too. */
const NEAR = 0.8;
const SHOWN = 6;

/** Accounts that will soon run into a limit, or cannot be used, the fullest first. */
export function NearLimitsCard() {
  const accounts = useAccounts().data?.items ?? [];
  const use = useAccountUse();
  const words = strings.near;
  const troubled = accounts.filter(({ state, health }) => state === 'disabled' || health.state === 'unreachable');
  const near = accounts
    .filter((account) => !troubled.includes(account))
    .map((account) => ({ account, tightest: tightestOf(account, use.get(account.id)) }))
    .flatMap(({ account, tightest }) =>
      tightest && shareOf(tightest) >= NEAR ? [{ account, tightest, share: shareOf(tightest) }] : [],
    )
    .sort((a, b) => b.share - a.share);
  return (
    <Card title={words.title} actions={<Link to="/accounts">{strings.title}</Link>}>
      {near.length + troubled.length === 0 ? <p className="muted">{words.none}</p> : null}
      <ul className={styles.meters} hidden={near.length + troubled.length === 0}>
        {troubled.slice(0, SHOWN).map((account) => (
          <li key={account.id} className={styles.step}>
            <Link to={`/accounts/${account.id}`}>{account.name}</Link>
            <AccountState account={account} />
          </li>
        ))}
        {near.slice(0, SHOWN).map(({ account, tightest }) => (
          <li key={account.id}>
            <Link to={`/accounts/${account.id}`}>{account.name}</Link>
            <Meter label={strings.windows[tightest.id]} used={tightest.used} limit={tightest.limit} />
          </li>
        ))}
      </ul>
    </Card>
  );
}
