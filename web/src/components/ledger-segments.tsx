import { type ReactNode, useState } from 'react';
import { RECIPIENT_STATES, type RecipientCounts, type RecipientState } from '../../../src/contract/states.ts';
import { type Share, sharesOf } from '../lib/numbers.ts';
import styles from './ledger-segments.module.css';

/** Less than a pixel of a bar. */
const UNSEEN_SHARE = 0.001;

/** How much of the audience has its final outcome. */
function settledShare(counts: RecipientCounts): number {
  const total = RECIPIENT_STATES.reduce((sum, state) => sum + counts[state], 0);
  return total === 0 ? 0 : 1 - (counts.pending + counts.sending + counts.deferred) / total;
}

interface LedgerSegmentsProps {
  readonly counts: RecipientCounts;
  /** 6 px in rows, 14 px where one campaign stands alone. */
  readonly size: 'row' | 'detail';
  /** What stands in for a segment, such as a button; a plain box otherwise. */
  readonly segment?: (share: Share<RecipientState>, style: { flexGrow: number }) => ReactNode;
}

/**
 * The eight states of an audience in one bar, always in the same order, always all of it. Widths are the counts
 * themselves, so they cannot add up wrong; what is there but too small to see gets two pixels. It moves forward only:
 * when something is sent again, it jumps back instead of running back. Steps that nobody could see are not animated.
 */
export function LedgerSegments({ counts, size, segment }: LedgerSegmentsProps) {
  const settled = settledShare(counts);
  const [shown, setShown] = useState({ settled, forward: true });
  if (shown.settled !== settled) setShown({ settled, forward: settled > shown.settled + UNSEEN_SHARE });
  const shares = sharesOf(RECIPIENT_STATES, counts).filter((share) => share.count > 0);
  return (
    <span className={styles.bar} data-size={size} data-forward={shown.forward || undefined}>
      {shares.map((share) => {
        const style = { flexGrow: share.count };
        if (segment) return segment(share, style);
        return <span key={share.key} className={styles.segment} data-state={share.key} style={style} />;
      })}
    </span>
  );
}
