import type { ImportStatus } from '../../../../../src/contract/imports.ts';
import { countText } from '../../../lib/numbers.ts';
import { strings } from '../strings.ts';
import styles from './import-counts.module.css';

const COUNTS = ['inserted', 'updated', 'skipped', 'duplicate', 'invalid'] as const;

/** What became, or would become, of the rows: the parts add up to the whole. */
export function ImportCounts({ status }: { status: ImportStatus }) {
  const words = strings.counts;
  return (
    <dl className={styles.counts}>
      {COUNTS.map((name) => (
        <div key={name} data-none={status.counts[name] === 0 || undefined} data-bad={name === 'invalid' || undefined}>
          <dd>{countText(status.counts[name])}</dd>
          <dt>{words[name]}</dt>
        </div>
      ))}
      <div>
        <dd>{countText(status.total)}</dd>
        <dt>{words.total}</dt>
      </div>
    </dl>
  );
}
