import type { ImportReject, ImportStatus } from '../../../../../src/contract/imports.ts';
import { ButtonLink } from '../../../components/button.tsx';
import { Card } from '../../../components/card.tsx';
import type { Column } from '../../../components/data-table.tsx';
import { Icon } from '../../../components/icon.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { VirtualTable } from '../../../components/virtual-table.tsx';
import { countText } from '../../../lib/numbers.ts';
import { importPath } from '../api/get-import.ts';
import { useRejects } from '../api/list-rejects.ts';
import { strings } from '../strings.ts';

/** The rows that were refused, each with the reason; all of them as a file. */
export function ImportRejects({ status }: { status: ImportStatus }) {
  if (status.counts.invalid === 0) return null;
  return <Rejects key={status.state} id={status.importId} />;
}

function Rejects({ id }: { id: string }) {
  const rejects = useRejects(id);
  const words = strings.rejects;
  return (
    <Card
      title={words.title}
      flush
      actions={
        <ButtonLink kind="quiet" href={`${importPath(id)}/rejects?format=csv`} download>
          <Icon name="download" />
          {words.file}
        </ButtonLink>
      }
    >
      {rejects.error ? (
        <ProblemNote error={rejects.error} onRetry={rejects.retry} />
      ) : (
        <VirtualTable
          label={words.title}
          columns={columnsOf()}
          count={rejects.isPending ? 3 : rejects.count}
          rowAt={rejects.rowAt}
          keyOf={({ row }) => String(row)}
          onShow={rejects.onShow}
          height="400px"
        />
      )}
    </Card>
  );
}

function columnsOf(): Array<Column<ImportReject>> {
  const words = strings.rejects.columns;
  return [
    { id: 'row', header: words.row, width: 72, align: 'end', cell: ({ row }) => countText(row) },
    { id: 'field', header: words.field, width: 96, wide: true, cell: ({ field }) => field },
    {
      id: 'value',
      header: words.value,
      width: 'minmax(0, 1fr)',
      cell: ({ value }) => <span className="mono">{value}</span>,
    },
    {
      id: 'reason',
      header: words.reason,
      width: 'minmax(0, 1.4fr)',
      cell: ({ reason }) => <span title={reason}>{reason}</span>,
    },
  ];
}
