import { useClock } from '../lib/clock.ts';
import { absoluteText, relativeText } from '../lib/times.ts';

/** As a Moment, with the browser's own tooltip: for rows of long tables, which come and go by the hundred. */
export function PlainMoment({ iso }: { iso: string }) {
  const time = new Date(iso);
  const clock = useClock();
  return (
    <time dateTime={iso} className="numbers" title={absoluteText(time, clock)}>
      {relativeText(time, clock)}
    </time>
  );
}
