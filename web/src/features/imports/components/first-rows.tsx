import type { ImportPreview } from '../../../../../src/contract/imports.ts';
import { Card } from '../../../components/card.tsx';
import { strings } from '../strings.ts';
import styles from './first-rows.module.css';

/** The first twenty rows, as they stand in the file. */
export function FirstRows({ preview }: { preview: ImportPreview }) {
  return (
    <Card title={strings.preview.rows} flush>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className={styles.scroll} aria-label={strings.preview.rows} tabIndex={0}>
        <table className={styles.table}>
          <thead>
            <tr>
              {preview.columns.map(({ header }) => (
                <th key={header} scope="col">
                  {header}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {preview.rows.map((row, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows of a file have no other name than their place
              <tr key={i}>
                {preview.columns.map(({ header }, at) => (
                  <td key={header}>{String(row[at] ?? '')}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </Card>
  );
}
