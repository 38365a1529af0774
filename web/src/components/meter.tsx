import { countText } from '../lib/numbers.ts';
import styles from './meter.module.css';
import { strings } from './strings.ts';

/** From here on a limit is near: drawn in amber. */
const NEAR = 0.8;

/** How much of a limit is used, as a bar and in words. A null limit does not bind. */
export function Meter({ label, used, limit }: { label: string; used: number; limit: number | null }) {
  const words =
    limit === null
      ? strings.noLimit({ used: countText(used) })
      : strings.used({ used: countText(used), limit: countText(limit) });
  const share = limit === null || limit === 0 ? 0 : Math.min(1, used / limit);
  return (
    <div className={styles.meter}>
      <span className={styles.words}>
        <span className="muted">{label}</span>
        <span className="numbers">{words}</span>
      </span>
      {limit === null ? null : (
        // biome-ignore lint/a11y/useSemanticElements: browsers draw <meter> each in their own colours
        <span
          className={styles.track}
          role="meter"
          aria-label={label}
          aria-valuemin={0}
          aria-valuemax={limit}
          aria-valuenow={Math.min(used, limit)}
          aria-valuetext={words}
        >
          <span
            className={styles.bar}
            data-near={share >= NEAR || undefined}
            data-full={share >= 1 || undefined}
            style={{ width: `${share * 100}%` }}
          />
        </span>
      )}
    </div>
  );
}
