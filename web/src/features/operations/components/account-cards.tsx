import { Link } from 'react-router';
import type { WorkspaceThroughput } from '../../../../../src/contract/throughput.ts';
import { Card } from '../../../components/card.tsx';
import { type Column, DataTable } from '../../../components/data-table.tsx';
import { Meter } from '../../../components/meter.tsx';
import { countText } from '../../../lib/numbers.ts';
import { usePerformance } from '../api/get-performance.ts';
import { strings } from '../strings.ts';
import { successText } from '../success-text.ts';
import styles from './operations.module.css';

type AccountRow = WorkspaceThroughput['accounts'][number];

/** What each account did in the time that is looked at. */
export function AccountSuccessCard({ accounts }: { accounts: readonly AccountRow[] | undefined }) {
  const words = strings.performance;
  return (
    <Card title={words.accounts} flush>
      {accounts?.length === 0 ? (
        <p className={`muted ${styles.padded}`}>{words.noAccounts}</p>
      ) : (
        <DataTable label={words.accounts} columns={columns()} rows={accounts} keyOf={({ accountId }) => accountId} />
      )}
    </Card>
  );
}

function columns(): Array<Column<AccountRow>> {
  const words = strings.performance.accountColumns;
  const count = (id: 'sent' | 'failed' | 'deferred' | 'unknown', wide: boolean): Column<AccountRow> => ({
    id,
    header: words[id],
    align: 'end',
    width: 84,
    wide,
    cell: (row) => countText(row[id]),
  });
  return [
    {
      id: 'name',
      header: words.name,
      cell: ({ accountId, name }) => <Link to={`/accounts/${accountId}`}>{name}</Link>,
    },
    count('sent', false),
    count('failed', true),
    count('deferred', true),
    count('unknown', true),
    { id: 'rate', header: words.rate, align: 'end', width: 84, cell: ({ successRate }) => successText(successRate) },
  ];
}

/** What is left of each account's limits by the hour and day. */
export function AccountUseCard() {
  const accounts = usePerformance().data?.accounts;
  const words = strings.performance;
  return (
    <Card title={words.limits}>
      {accounts?.length === 0 ? <p className="muted">{words.noAccounts}</p> : null}
      <ul className={styles.meters}>
        {accounts?.map(({ accountId, name, usedHour, limitHour, usedDay, limitDay }) => (
          <li key={accountId} className={styles.account}>
            <strong>{name}</strong>
            <Meter label={words.hour} used={usedHour} limit={limitHour} />
            <Meter label={words.day} used={usedDay} limit={limitDay} />
          </li>
        ))}
      </ul>
    </Card>
  );
}
