import { useClock } from '../../lib/clock.ts';
import { clockText } from '../../lib/times.ts';
import { strings } from '../strings.ts';
import { DrawnTimeChart } from './drawn-time-chart.tsx';
import type { Point, Series } from './series.ts';
import styles from './time-chart.module.css';

export interface TimeChartProps {
  /** What it shows, for screen readers and above the table. */
  readonly label: string;
  readonly series: readonly Series[];
  readonly points: readonly Point[];
  /** `area` stacks what adds up to a whole; `line` compares what does not. */
  readonly kind: 'area' | 'line' | 'bar';
  /** How a value reads: `8,412 /s`. */
  readonly format: (value: number) => string;
  /** Counts: no marks between whole numbers. */
  readonly whole?: boolean;
  /** Pixels. */
  readonly height?: number;
}

/** Something over time, as a picture; the same as a table for who would rather read, or hears. */
export function TimeChart(props: TimeChartProps) {
  const { label, series, points, format } = props;
  const clock = useClock();
  return (
    <figure className={styles.chart} aria-label={label}>
      <div aria-hidden="true">
        <DrawnTimeChart {...props} />
      </div>
      {series.length > 1 ? (
        <ul className={styles.legend} aria-hidden="true">
          {series.map(({ key, label: name, color }) => (
            <li key={key}>
              <span className={styles.dot} style={{ background: color }} />
              {name}
            </li>
          ))}
        </ul>
      ) : null}
      <details className={styles.table}>
        <summary>{strings.asTable}</summary>
        <table>
          <thead>
            <tr>
              <th scope="col" />
              {series.map(({ key, label: name }) => (
                <th key={key} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {points.map(({ at, values }) => (
              <tr key={at}>
                <th scope="row">{clockText(new Date(at), clock)}</th>
                {series.map(({ key }) => (
                  <td key={key}>{format(values[key] ?? 0)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}
