import { useClock } from '../../../lib/clock.ts';
import { relativeText } from '../../../lib/times.ts';
import { dayAndTime } from '../words.ts';
import styles from './series.module.css';

/** Moments to come, each with the day and by how much it is ahead; in a zone of their own where one is named. */
export function NextTimes({ times, zone }: { times: readonly string[]; zone?: string }) {
  const clock = useClock();
  return (
    <ol className={styles.times}>
      {times.map((iso) => (
        <li key={iso}>
          <time dateTime={iso} className="numbers">
            {dayAndTime(new Date(iso), zone ?? clock.zone)}
          </time>
          <span className="muted">{relativeText(new Date(iso), clock)}</span>
        </li>
      ))}
    </ol>
  );
}
