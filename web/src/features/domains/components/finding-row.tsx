import type { DomainFinding } from '../../../../../src/contract/domains.ts';
import { StatusMark } from '../../../components/status-mark.tsx';
import { lookOfFinding } from '../look.ts';
import { strings } from '../strings.ts';
import styles from './domains.module.css';
import { RecordFields } from './record-fields.tsx';

/** One finding: how it is, what was found, what to paste, and what it means. */
export function FindingRow({ finding }: { finding: DomainFinding }) {
  const { check, subject, found, record, help, state, isAdvice } = finding;
  const isOk = state === 'ok';
  return (
    <li className={styles.finding}>
      <div className={styles.head}>
        <h3>
          {strings.checks[check as keyof typeof strings.checks]}
          {subject === null ? null : <span className={`mono ${styles.subject}`}>{subject}</span>}
        </h3>
        <StatusMark {...lookOfFinding(finding)} />
        {isAdvice && !isOk ? <span className="muted">{strings.page.advice}</span> : null}
      </div>
      <p className={isOk ? 'muted' : undefined}>{help}</p>
      {isOk || found === null ? null : (
        <p className={styles.found}>
          <span className="muted">{strings.page.found}</span> <span className="mono">{found}</span>
        </p>
      )}
      {isOk || record === null ? null : <RecordFields record={record} />}
    </li>
  );
}
