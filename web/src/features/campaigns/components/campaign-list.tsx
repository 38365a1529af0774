import type { CampaignSummary } from '../../../../../src/contract/campaigns.ts';
import { Skeleton } from '../../../components/skeleton.tsx';
import { strings } from '../strings.ts';
import styles from './campaign-list.module.css';
import { CampaignRow } from './campaign-row.tsx';

const BONES = ['a', 'b', 'c', 'd', 'e', 'f'];

export function CampaignList({ campaigns }: { campaigns: readonly CampaignSummary[] }) {
  return (
    <table className={styles.table}>
      <ListHead />
      <tbody>
        {campaigns.map((campaign) => (
          <CampaignRow key={campaign.id} campaign={campaign} />
        ))}
      </tbody>
    </table>
  );
}

/** The list before it is there, in its own shape. */
export function CampaignListSkeleton() {
  return (
    <div role="status" aria-label={strings.loading}>
      <table className={styles.table} aria-hidden="true">
        <ListHead />
        <tbody>
          {BONES.map((bone) => (
            <tr key={bone} className={styles.row}>
              <td className={styles.state}>
                <Skeleton width={16} />
              </td>
              <td className={styles.name}>
                <Skeleton width={220} />
              </td>
              <td className={styles.audience}>
                <Skeleton width={48} />
              </td>
              <td className={styles.ledger}>
                <Skeleton height={6} />
              </td>
              <td className={styles.now}>
                <Skeleton width={96} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function ListHead() {
  const { columns } = strings;
  return (
    <thead>
      <tr>
        <th scope="col" className={styles.state}>
          <span className="unseen">{columns.state}</span>
        </th>
        <th scope="col" className={styles.name}>
          {columns.name}
        </th>
        <th scope="col" className={styles.audience}>
          {columns.audience}
        </th>
        <th scope="col" className={styles.ledger}>
          {columns.ledger}
        </th>
        <th scope="col" className={styles.now}>
          {columns.now}
        </th>
      </tr>
    </thead>
  );
}
