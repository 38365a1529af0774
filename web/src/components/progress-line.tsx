import { countText, rateText } from '../lib/numbers.ts';
import { durationText } from '../lib/times.ts';
import styles from './progress-line.module.css';
import { strings } from './strings.ts';

interface ProgressLineProps {
  /** What is going on. */
  readonly label: string;
  /** 0 to 100. */
  readonly percent: number;
  /** Null: nobody knows yet. */
  readonly total: number | null;
  readonly done: number;
  /** A second; nought shows nothing. */
  readonly rate: number;
  readonly etaSeconds: number | null;
  /** How `done` reads where it is no count: bytes. */
  readonly format?: (value: number) => string;
}

/** A thin bar with what is done, how fast, and how long it takes still. */
export function ProgressLine(props: ProgressLineProps) {
  const { label, percent, total, done, rate, etaSeconds, format = countText } = props;
  const words = total === null ? format(done) : strings.used({ used: format(done), limit: format(total) });
  return (
    <div className={styles.line}>
      <span className={styles.words}>
        <span>{label}</span>
        <span className={`numbers ${styles.figures}`}>
          <span>{words}</span>
          {rate > 0 ? (
            <span className="muted">{format === countText ? rateText(rate) : `${format(rate)}/s`}</span>
          ) : null}
          {etaSeconds === null ? null : (
            <span className="muted">{strings.left({ time: durationText(etaSeconds) })}</span>
          )}
        </span>
      </span>
      <span
        className={styles.track}
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(percent)}
        aria-valuetext={words}
      >
        <span className={styles.bar} style={{ width: `${percent}%` }} />
      </span>
    </div>
  );
}
