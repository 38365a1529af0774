import type { DnsRecord } from '../../../../../src/contract/domains.ts';
import { CopyText } from '../../../components/copy-text.tsx';
import { strings } from '../strings.ts';
import styles from './domains.module.css';

/** A record to set: its name and its value, each to be copied whole. */
export function RecordFields({ record }: { record: DnsRecord }) {
  const words = strings.page;
  return (
    <dl className={styles.record}>
      <dt>{words.type}</dt>
      <dd className="mono">{record.type}</dd>
      <dt>{words.host}</dt>
      <dd>
        <CopyText text={record.host} label={`${words.copyHost} ${record.host}`} />
      </dd>
      <dt>{words.value}</dt>
      <dd>
        <CopyText text={record.value} label={`${words.copyValue} ${record.host}`} />
      </dd>
    </dl>
  );
}
