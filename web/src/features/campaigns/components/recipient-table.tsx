import type { LedgerRecipient } from '../../../../../src/contract/campaigns.ts';
import type { RecipientState } from '../../../../../src/contract/states.ts';
import { Moment } from '../../../components/moment.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { StateMark } from '../../../components/state-mark.tsx';
import { countText } from '../../../lib/numbers.ts';
import { strings } from '../strings.ts';
import styles from './recipient-table.module.css';

const { columns } = strings.recipients;
const BONES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];

interface RecipientTableProps {
  readonly recipients: readonly LedgerRecipient[];
  readonly onOpen: (recipient: LedgerRecipient) => void;
}

export function RecipientTable({ recipients, onOpen }: RecipientTableProps) {
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th scope="col" className={styles.seq}>
            {columns.seq}
          </th>
          <th scope="col">{columns.address}</th>
          <th scope="col" className={styles.state}>
            {columns.state}
          </th>
          <th scope="col" className={styles.attempts}>
            {columns.attempts}
          </th>
          <th scope="col" className={styles.answer}>
            {columns.answer}
          </th>
          <th scope="col" className={styles.when}>
            {columns.when}
          </th>
        </tr>
      </thead>
      <tbody>
        {recipients.map((recipient) => (
          <tr key={recipient.seq} className={styles.row}>
            <td className={styles.seq}>{countText(recipient.seq)}</td>
            <td className={styles.address}>
              <button type="button" className={styles.open} onClick={() => onOpen(recipient)}>
                {recipient.email}
              </button>
            </td>
            <td className={styles.state}>
              <StateMark state={recipient.state as RecipientState} />
            </td>
            <td className={styles.attempts}>{recipient.attempts}</td>
            <td className={`${styles.answer} mono`}>{recipient.response ?? recipient.reason ?? ''}</td>
            <td className={styles.when}>
              <When recipient={recipient} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function When({ recipient }: { recipient: LedgerRecipient }) {
  const iso = recipient.state === 'deferred' ? recipient.nextAttemptAt : recipient.sentAt;
  return iso ? <Moment iso={iso} /> : null;
}

export function RecipientTableSkeleton() {
  return (
    <div role="status" aria-label={strings.recipients.loading} className={styles.bones}>
      {BONES.map((bone) => (
        <Skeleton key={bone} width="60%" />
      ))}
    </div>
  );
}
