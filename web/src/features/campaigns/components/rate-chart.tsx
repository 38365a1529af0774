import { memo } from 'react';
import type { CampaignReport } from '../../../../../src/contract/campaign-report.ts';
import { Card } from '../../../components/card.tsx';
import { colorAt, type Point, type Series } from '../../../components/chart/series.ts';
import { TimeChart } from '../../../components/chart/time-chart.tsx';
import { rateText } from '../../../lib/numbers.ts';
import { strings } from '../strings.ts';

const words = strings.report;

interface RateChartProps {
  readonly report: CampaignReport;
  readonly accountNames: ReadonlyMap<string, string>;
  readonly isUnderWay: boolean;
}

/** Emails a second over time, the accounts one above the other. */
export const RateChart = memo(function RateChart({ report, accountNames, isUnderWay }: RateChartProps) {
  const ids = [...new Set(report.rates.points.flatMap(({ accounts }) => Object.keys(accounts)))];
  const series: Series[] = ids.map((id, i) => ({
    key: id,
    label: accountNames.get(id) ?? words.formerAccount,
    color: colorAt(i),
  }));
  const points: Point[] = report.rates.points.map(({ at, accounts }) => ({
    at: Date.parse(at),
    values: Object.fromEntries(ids.map((id) => [id, accounts[id] ?? 0])),
  }));
  // Rates are kept for a day, and of a campaign that was over in seconds there is nothing to draw.
  if (!isUnderWay && points.length < 2) return null;
  const title = isUnderWay ? words.rateRecent : words.rate;
  return (
    <Card title={title}>
      {points.length < 2 ? (
        <p className="muted">{words.rateSoon}</p>
      ) : (
        <TimeChart label={title} kind="area" series={series} points={points} format={rateText} height={200} />
      )}
    </Card>
  );
});
