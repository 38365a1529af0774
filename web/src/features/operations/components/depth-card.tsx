import { Link } from 'react-router';
import { Card } from '../../../components/card.tsx';
import { TimeChart } from '../../../components/chart/time-chart.tsx';
import { countText } from '../../../lib/numbers.ts';
import { useWorkers } from '../api/get-workers.ts';
import { depthPoints } from '../decision-points.ts';
import { strings } from '../strings.ts';

/** Recipients that could be sent to, as autoscaling noted them. */
export function DepthCard() {
  const decisions = useWorkers().data?.stats.decisions ?? [];
  const words = strings.queues;
  const points = depthPoints(decisions);
  return (
    <Card title={words.depth.title}>
      {points.length < 2 ? (
        <p className="muted">
          {words.noDepth} <Link to="/dashboard/workers">{strings.workers.title}</Link>
        </p>
      ) : (
        <TimeChart
          label={words.depth.title}
          kind="area"
          points={points}
          format={countText}
          whole
          height={160}
          series={[{ key: 'depth', label: words.depth.series, color: 'var(--state-sending)' }]}
        />
      )}
    </Card>
  );
}
