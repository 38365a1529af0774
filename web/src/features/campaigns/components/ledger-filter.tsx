import { RECIPIENT_STATES, type RecipientCounts, type RecipientState } from '../../../../../src/contract/states.ts';
import segments from '../../../components/ledger-segments.module.css';
import { LedgerSegments } from '../../../components/ledger-segments.tsx';
import { lookOf } from '../../../components/recipient-states.ts';
import { StateMark } from '../../../components/state-mark.tsx';
import { Tip } from '../../../components/tip.tsx';
import { countText, sharesOf } from '../../../lib/numbers.ts';
import { strings } from '../strings.ts';
import styles from './ledger-filter.module.css';

interface LedgerFilterProps {
  readonly counts: RecipientCounts;
  /** Null: everybody. */
  readonly state: RecipientState | null;
  readonly onPick: (state: RecipientState | null) => void;
}

/** The bar with its legend below; both filter the recipients, the legend also by keyboard. */
export function LedgerFilter({ counts, state, onPick }: LedgerFilterProps) {
  const total = RECIPIENT_STATES.reduce((sum, each) => sum + counts[each], 0);
  const toggle = (picked: RecipientState) => onPick(picked === state ? null : picked);
  return (
    <div className={styles.ledger}>
      <div aria-hidden="true">
        <LedgerSegments
          counts={counts}
          size="detail"
          segment={(share, style) => (
            <Tip key={share.key} label={`${countText(share.count)} ${lookOf(share.key).word}, ${share.text}`}>
              <button
                type="button"
                tabIndex={-1}
                className={`${segments.segment} ${styles.segment}`}
                data-state={share.key}
                data-faded={(state !== null && state !== share.key) || undefined}
                style={style}
                onClick={() => toggle(share.key)}
              />
            </Tip>
          )}
        />
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields */}
      <div role="group" aria-label={strings.detail.filter} className={styles.legend}>
        <button type="button" className={styles.entry} aria-pressed={state === null} onClick={() => onPick(null)}>
          <b>{countText(total)}</b> {strings.detail.all}
        </button>
        {sharesOf(RECIPIENT_STATES, counts).map((share) => (
          <Tip key={share.key} label={strings.detail.ofAll({ meaning: lookOf(share.key).meaning, share: share.text })}>
            <button
              type="button"
              className={styles.entry}
              aria-pressed={state === share.key}
              aria-label={`${countText(share.count)} ${lookOf(share.key).word}, ${share.text}`}
              data-none={share.count === 0 || undefined}
              onClick={() => toggle(share.key)}
            >
              <b>{countText(share.count)}</b> <StateMark state={share.key} />
            </button>
          </Tip>
        ))}
      </div>
    </div>
  );
}
