import { memo } from 'react';
import type { CampaignReport } from '../../../../../src/contract/campaign-report.ts';
import { RECIPIENT_STATES, type RecipientCounts } from '../../../../../src/contract/states.ts';
import { Card } from '../../../components/card.tsx';
import { LedgerSegments } from '../../../components/ledger-segments.tsx';
import { LedgerTable, ledgerWords } from '../../../components/ledger-table.tsx';
import { Tip } from '../../../components/tip.tsx';
import { countText } from '../../../lib/numbers.ts';
import { strings } from '../strings.ts';
import styles from './breakdown.module.css';

const words = strings.report;

/** What became of the recipients by the account they went out through. */
export const ByAccount = memo(function ByAccount({ report }: { report: CampaignReport }) {
  const rows = report.accounts.map(({ accountId, name, counts }) => ({
    key: accountId,
    name: name ?? accountId,
    counts,
  }));
  return <Breakdown title={words.byAccount} isSample={report.isSample} rows={rows} />;
});

/** The same by the domain of their address. */
export const ByDomain = memo(function ByDomain({ report }: { report: CampaignReport }) {
  const rows = report.domains.map(({ domain, counts }) => ({ key: domain, name: domain, counts }));
  return <Breakdown title={words.byDomain} isSample={report.isSample} rows={rows} />;
});

interface BreakdownProps {
  readonly title: string;
  readonly isSample: boolean;
  readonly rows: ReadonlyArray<{ readonly key: string; readonly name: string; readonly counts: RecipientCounts }>;
}

function Breakdown({ title, isSample, rows }: BreakdownProps) {
  return (
    <Card title={title} flush actions={isSample ? <span className="muted">{words.estimate}</span> : null}>
      {rows.length === 0 ? (
        <p className={styles.none}>{words.nothingYet}</p>
      ) : (
        <ul className={styles.rows}>
          {rows.map(({ key, name, counts }) => (
            <li key={key} className={styles.row}>
              <span className={styles.name}>{name}</span>
              <Tip label={<LedgerTable counts={counts} />}>
                {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the tooltip is for who uses the keyboard too */}
                <span className={styles.bar} role="img" aria-label={ledgerWords(counts)} tabIndex={0}>
                  <LedgerSegments counts={counts} size="row" />
                </span>
              </Tip>
              <b className="numbers">{countText(RECIPIENT_STATES.reduce((sum, state) => sum + counts[state], 0))}</b>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
