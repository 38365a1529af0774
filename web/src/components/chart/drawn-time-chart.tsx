import { useElementSize } from '@mantine/hooks';
import { type PointerEvent, useState } from 'react';
import { useClock } from '../../lib/clock.ts';
import { clockText } from '../../lib/times.ts';
import { closestTo, plotOf } from './plot.ts';
import type { Point } from './series.ts';
import styles from './time-chart.module.css';
import type { TimeChartProps } from './time-chart.tsx';

const MINUTE_MS = 60_000;
const HALF_LABEL_PX = 36;

/** The picture of a TimeChart, with what it shows at the place that is pointed at. */
export function DrawnTimeChart({ series, points, kind, format, whole = false, height = 180 }: TimeChartProps) {
  const { ref, width } = useElementSize();
  const [pointedAt, setPointedAt] = useState<number | null>(null);
  const clock = useClock();
  const isFine = (points[1]?.at ?? 0) - (points[0]?.at ?? 0) < MINUTE_MS;
  const moment = (at: number) => clockText(new Date(at), clock, isFine);
  const plot = plotOf({ series, points, kind, whole, width, height });
  const { left, right, bottom, marks, labels, xs, shapes } = plot;
  const point = (event: PointerEvent<SVGSVGElement>) => {
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left;
    setPointedAt(x < left ? null : closestTo(x, xs));
  };
  const pointed = pointedAt === null ? undefined : points[pointedAt];
  const cursor = xs[pointedAt ?? -1] ?? 0;
  return (
    <div ref={ref} className={styles.drawing} style={{ height }}>
      {width === 0 ? null : (
        <svg
          aria-hidden="true"
          width={width}
          height={height}
          onPointerMove={point}
          onPointerLeave={() => setPointedAt(null)}
        >
          {marks.map(({ value, y }) => (
            <g key={value}>
              <line className={styles.mark} x1={left} x2={right} y1={y} y2={y} />
              <text x={left - 8} y={y} dy="0.32em" textAnchor="end">
                {format(value)}
              </text>
            </g>
          ))}
          {labels.map(({ at, x }) => (
            <text key={at} x={x} y={bottom + 18} textAnchor={x + HALF_LABEL_PX > right ? 'end' : 'middle'}>
              {moment(at)}
            </text>
          ))}
          {shapes.map(({ key, color, fill, stroke }) => (
            <g key={key}>
              {fill === undefined ? null : <path d={fill} fill={color} fillOpacity={stroke === undefined ? 1 : 0.25} />}
              {stroke === undefined ? null : <path className={styles.line} d={stroke} stroke={color} />}
            </g>
          ))}
          {pointed ? <line className={styles.cursor} x1={cursor} x2={cursor} y1={0} y2={bottom} /> : null}
        </svg>
      )}
      {pointed ? (
        <div
          className={styles.tip}
          style={cursor > (left + right) / 2 ? { right: width - cursor + 12 } : { left: cursor + 12 }}
        >
          <Values point={pointed} series={series} moment={moment} format={format} />
        </div>
      ) : null}
    </div>
  );
}

interface ValuesProps extends Pick<TimeChartProps, 'series' | 'format'> {
  readonly point: Point;
  readonly moment: (at: number) => string;
}

function Values({ point, series, moment, format }: ValuesProps) {
  return (
    <>
      <b>{moment(point.at)}</b>
      {series.map(({ key, label }) => {
        const value = point.values[key] ?? null;
        return value === null ? null : (
          <p key={key}>
            <span>{label}</span>
            <span>{format(value)}</span>
          </p>
        );
      })}
    </>
  );
}
