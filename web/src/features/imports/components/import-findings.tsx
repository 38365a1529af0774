import { ADDRESS_NOTES, type AddressFindings } from '../../../../../src/contract/imports.ts';
import { Card } from '../../../components/card.tsx';
import { strings } from '../strings.ts';
import styles from './import-findings.module.css';

/** Addresses that can be one but may not be wanted, with examples. */
export function ImportFindings({ findings }: { findings: AddressFindings }) {
  const words = strings.findings;
  const found = ADDRESS_NOTES.flatMap((kind) => {
    const finding = findings[kind];
    return finding ? [{ kind, ...finding }] : [];
  });
  if (found.length === 0) return null;
  return (
    <Card title={words.title}>
      {found.map(({ kind, rows, examples }) => (
        <details key={kind}>
          <summary>
            {words[kind]}: {words.rows({ count: rows })}
          </summary>
          <ul className={styles.examples}>
            {examples.map(({ row, value, hint }) => (
              <li key={row}>
                <span className="muted">{words.row({ row })}</span>{' '}
                {hint === null ? value : words.hint({ value, hint })}
              </li>
            ))}
          </ul>
        </details>
      ))}
    </Card>
  );
}
