import { RECIPIENT_STATES, type RecipientCounts } from '../../../src/contract/states.ts';
import { countText, sharesOf } from '../lib/numbers.ts';
import styles from './ledger-table.module.css';
import { lookOf } from './recipient-states.ts';
import { StateMark } from './state-mark.tsx';
import { strings } from './strings.ts';

/** What a bar says in words: `612,400 sent (61.2 %), 312 failed (<0.1 %) of 1,000,000 recipients`. */
export function ledgerWords(counts: RecipientCounts): string {
  const total = RECIPIENT_STATES.reduce((sum, state) => sum + counts[state], 0);
  const parts = sharesOf(RECIPIENT_STATES, counts)
    .filter((share) => share.count > 0)
    .map((share) => `${countText(share.count)} ${lookOf(share.key).word} (${share.text})`);
  if (parts.length === 0) return strings.noRecipients;
  return strings.ofRecipients({ parts: parts.join(', '), count: total });
}

/** The same as a small table, for a tooltip. */
export function LedgerTable({ counts }: { counts: RecipientCounts }) {
  const shares = sharesOf(RECIPIENT_STATES, counts).filter((share) => share.count > 0);
  if (shares.length === 0) return <>{strings.noRecipients}</>;
  return (
    <table className={styles.table}>
      <tbody>
        {shares.map((share) => (
          <tr key={share.key}>
            <td>
              <StateMark state={share.key} />
            </td>
            <td>{countText(share.count)}</td>
            <td>{share.text}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
