import { Card } from '../../../components/card.tsx';
import { TimeChart } from '../../../components/chart/time-chart.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { countText } from '../../../lib/numbers.ts';
import { useThroughput } from '../api/get-throughput.ts';
import { strings } from '../strings.ts';
import { throughputPoints, throughputSeries } from '../throughput-series.ts';

/** What was sent in the last hour, minute by minute. */
export function MinutesCard() {
  const minutes = useThroughput(1).data?.minutes;
  const title = strings.workers.minutes;
  return (
    <Card title={title}>
      {minutes ? (
        <TimeChart
          label={title}
          kind="bar"
          points={throughputPoints(minutes)}
          series={throughputSeries()}
          format={countText}
          whole
          height={160}
        />
      ) : (
        <Skeleton height={160} />
      )}
    </Card>
  );
}
