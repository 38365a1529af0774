import { useMemo } from 'react';
import type { LedgerRecipient } from '../../../../../src/contract/campaigns.ts';
import type { RecipientState } from '../../../../../src/contract/states.ts';
import type { Column } from '../../../components/data-table.tsx';
import { Moment } from '../../../components/moment.tsx';
import { StateMark } from '../../../components/state-mark.tsx';
import { VirtualTable } from '../../../components/virtual-table.tsx';
import { countText } from '../../../lib/numbers.ts';
import { strings } from '../strings.ts';
import type { LedgerRows } from '../use-ledger-rows.ts';
import styles from './recipient-table.module.css';

interface RecipientTableProps {
  readonly rows: LedgerRows;
  readonly onOpen: (recipient: LedgerRecipient) => void;
}

/** The ledger, of any length. */
export function RecipientTable({ rows, onOpen }: RecipientTableProps) {
  const columns = useMemo(() => columnsOf(onOpen), [onOpen]);
  return (
    <VirtualTable
      label={strings.recipients.title}
      columns={columns}
      count={rows.count}
      rowAt={rows.rowAt}
      keyOf={({ seq }) => String(seq)}
      onShow={rows.onShow}
    />
  );
}

function columnsOf(onOpen: (recipient: LedgerRecipient) => void): ReadonlyArray<Column<LedgerRecipient>> {
  const { columns } = strings.recipients;
  return [
    {
      id: 'seq',
      header: columns.seq,
      width: 96,
      align: 'end',
      wide: true,
      cell: ({ seq }) => <span className="muted">{countText(seq)}</span>,
    },
    {
      id: 'address',
      header: columns.address,
      cell: (recipient) => (
        <button type="button" className={styles.open} onClick={() => onOpen(recipient)}>
          {recipient.email}
        </button>
      ),
    },
    {
      id: 'state',
      header: columns.state,
      width: 124,
      cell: ({ state }) => <StateMark state={state as RecipientState} />,
    },
    {
      id: 'attempts',
      header: columns.attempts,
      width: 92,
      align: 'end',
      wide: true,
      cell: ({ attempts }) => attempts,
    },
    {
      id: 'answer',
      header: columns.answer,
      width: 'minmax(0, 1.2fr)',
      wide: true,
      cell: ({ response, reason }) => <span className="mono muted">{response ?? reason ?? ''}</span>,
    },
    { id: 'when', header: columns.when, width: 120, wide: true, cell: (recipient) => <When recipient={recipient} /> },
  ];
}

function When({ recipient }: { recipient: LedgerRecipient }) {
  const iso = recipient.state === 'deferred' ? recipient.nextAttemptAt : recipient.sentAt;
  return iso ? <Moment iso={iso} /> : null;
}
