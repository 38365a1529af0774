import { Area, Bar, CartesianGrid, ComposedChart, Line, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { useClock } from '../../lib/clock.ts';
import { clockText } from '../../lib/times.ts';
import type { Series } from './series.ts';
import styles from './time-chart.module.css';
import type { TimeChartProps } from './time-chart.tsx';

const MINUTE_MS = 60_000;

/** The picture of a TimeChart. */
export function DrawnTimeChart({ series, points, kind, format, whole = false, height = 180 }: TimeChartProps) {
  const clock = useClock();
  const isFine = (points[1]?.at ?? 0) - (points[0]?.at ?? 0) < MINUTE_MS;
  const moment = (at: number) => clockText(new Date(at), clock, isFine);
  const data = points.map(({ at, values }) => ({ at, ...values }));
  return (
    <ResponsiveContainer width="100%" height={height}>
      <ComposedChart accessibilityLayer={false} data={data} margin={{ top: 8, right: 8, bottom: 0, left: 0 }}>
        <CartesianGrid vertical={false} stroke="var(--line)" />
        <XAxis
          dataKey="at"
          tickFormatter={moment}
          minTickGap={48}
          tickLine={false}
          stroke="var(--muted)"
          fontSize={11}
        />
        <YAxis
          allowDecimals={!whole}
          tickFormatter={format}
          width={64}
          tickLine={false}
          axisLine={false}
          stroke="var(--muted)"
          fontSize={11}
        />
        <Tooltip
          isAnimationActive={false}
          cursor={{ stroke: 'var(--line-strong)' }}
          content={({ active, label, payload }) =>
            active ? (
              <div className={styles.tip}>
                <b>{moment(Number(label))}</b>
                {payload.map((entry) => (
                  <p key={String(entry.dataKey)}>
                    <span>{entry.name}</span>
                    <span>{format(Number(entry.value))}</span>
                  </p>
                ))}
              </div>
            ) : null
          }
        />
        {series.map((each) => shapeOf(each, kind))}
      </ComposedChart>
    </ResponsiveContainer>
  );
}

function shapeOf({ key, label, color }: Series, kind: TimeChartProps['kind']) {
  const common = { dataKey: key, name: label, isAnimationActive: false } as const;
  switch (kind) {
    case 'area':
      return <Area key={key} {...common} stackId="all" stroke={color} fill={color} fillOpacity={0.25} dot={false} />;
    case 'bar':
      return <Bar key={key} {...common} stackId="all" fill={color} />;
    case 'line':
      return <Line key={key} {...common} stroke={color} strokeWidth={1.5} dot={false} connectNulls={false} />;
  }
}
