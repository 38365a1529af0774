import { useClock } from '../lib/clock.ts';
import { absoluteText, relativeText } from '../lib/times.ts';
import { Tip } from './tip.tsx';

/** `2 min ago`, with the whole truth in a tooltip. */
export function Moment({ iso }: { iso: string }) {
  const time = new Date(iso);
  const clock = useClock();
  return (
    <Tip label={absoluteText(time, clock)}>
      <time dateTime={iso} className="numbers">
        {relativeText(time, clock)}
      </time>
    </Tip>
  );
}
