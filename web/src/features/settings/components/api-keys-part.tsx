import { useState } from 'react';
import type { ApiKey } from '../../../../../src/contract/api-keys.ts';
import { Button } from '../../../components/button.tsx';
import { Card } from '../../../components/card.tsx';
import { type Column, DataTable } from '../../../components/data-table.tsx';
import { FormDialog } from '../../../components/dialog.tsx';
import { Drawing } from '../../../components/drawings.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { Icon } from '../../../components/icon.tsx';
import { Moment } from '../../../components/moment.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { roleOf } from '../../../lib/access.ts';
import { useApiKeys } from '../api/list-api-keys.ts';
import { useRevokeKey } from '../api/revoke-api-key.ts';
import { strings } from '../strings.ts';
import { NewKeyDialog } from './new-key-dialog.tsx';

/** Keys of programs. The key itself is seen once, when it is made. */
export function ApiKeysPart() {
  const words = strings.keys;
  const keys = useApiKeys();
  const [isAdding, setAdding] = useState(false);
  const [revoking, setRevoking] = useState<ApiKey | null>(null);
  const rows = keys.data?.items;
  return (
    <Card
      title={words.title}
      flush
      actions={
        <Button kind="primary" onClick={() => setAdding(true)}>
          <Icon name="plus" />
          {words.add}
        </Button>
      }
    >
      {keys.error ? <ProblemNote error={keys.error} onRetry={() => void keys.refetch()} /> : null}
      {rows?.length === 0 ? (
        <EmptyState drawing={<Drawing name="key" />} title={words.emptyTitle}>
          {words.empty}
        </EmptyState>
      ) : (
        <DataTable label={words.table} columns={columnsOf(setRevoking)} rows={rows} keyOf={({ id }) => id} />
      )}
      {isAdding ? <NewKeyDialog onClose={() => setAdding(false)} /> : null}
      {revoking ? <RevokeDialog apiKey={revoking} onClose={() => setRevoking(null)} /> : null}
    </Card>
  );
}

function columnsOf(onRevoke: (key: ApiKey) => void): Array<Column<ApiKey>> {
  const words = strings.keys;
  return [
    { id: 'name', header: strings.name, cell: ({ name }) => name },
    {
      id: 'hint',
      header: words.key,
      width: 110,
      wide: true,
      cell: ({ hint }) => <span className="mono">{hint}…</span>,
    },
    { id: 'role', header: strings.role, width: 130, cell: ({ role }) => strings.roles[roleOf(role)] },
    { id: 'scopes', header: words.scopes, wide: true, cell: ({ scopes }) => scopes?.join(', ') ?? words.everything },
    {
      id: 'used',
      header: words.lastUsed,
      width: 120,
      wide: true,
      cell: ({ lastUsedAt }) =>
        lastUsedAt === null ? <span className="muted">{strings.never}</span> : <Moment iso={lastUsedAt} />,
    },
    {
      id: 'expires',
      header: words.expires,
      width: 110,
      wide: true,
      cell: ({ expiresAt }) =>
        expiresAt === null ? <span className="muted">{strings.never}</span> : <Moment iso={expiresAt} />,
    },
    {
      id: 'revoke',
      header: '',
      width: 104,
      align: 'end',
      cell: (key) => (
        <Button kind="quiet" onClick={() => onRevoke(key)}>
          {words.revoke}
        </Button>
      ),
    },
  ];
}

function RevokeDialog({ apiKey, onClose }: { apiKey: ApiKey; onClose: () => void }) {
  const words = strings.keys;
  const revoke = useRevokeKey();
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={words.revokeTitle({ name: apiKey.name })}
      submit={words.revokeSubmit}
      kind="danger"
      busy={revoke.isPending}
      error={revoke.error}
      onSubmit={() => revoke.mutate(apiKey.id, { onSuccess: onClose })}
    >
      <p>{words.revokeWords}</p>
    </FormDialog>
  );
}
