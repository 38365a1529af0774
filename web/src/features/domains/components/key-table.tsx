import type { DkimKey, Domain } from '../../../../../src/contract/domains.ts';
import { ActionMenu } from '../../../components/action-menu.tsx';
import { type Column, DataTable } from '../../../components/data-table.tsx';
import { Moment } from '../../../components/moment.tsx';
import { StatusMark, type Tone } from '../../../components/status-mark.tsx';
import { useUndoableDelete } from '../../../components/use-undoable-delete.ts';
import { useCan } from '../../../lib/access.ts';
import { useClock } from '../../../lib/clock.ts';
import { dateText } from '../../../lib/times.ts';
import { strings } from '../strings.ts';

const TONES: Readonly<Record<string, Tone>> = { active: 'good', waiting: 'busy', retired: 'quiet' };

/** The keys of a domain: one signs, another may wait beside it, old ones stay until nobody needs their record. */
export function KeyTable({ domain }: { domain: Domain }) {
  const canChange = useCan('admin');
  const { remove, isHidden } = useUndoableDelete();
  const clock = useClock();
  const pathOf = ({ id }: DkimKey) => `/api/domains/${domain.id}/keys/${id}`;
  const onRemove = (key: DkimKey) =>
    remove({
      path: pathOf(key),
      text: strings.page.keyRemoved({ name: key.selector }),
      queryKey: ['domains'],
    });
  const words = strings.page;
  const isPast = (iso: string | null) => iso !== null && Date.parse(iso) <= clock.now.getTime();
  const columns: Array<Column<DkimKey>> = [
    { id: 'selector', header: words.selector, cell: ({ selector }) => <span className="mono">{selector}</span> },
    { id: 'kind', header: words.algorithm, width: 110, wide: true, cell: kindOf },
    { id: 'state', header: words.keyState, width: 190, cell: markOf },
    {
      id: 'since',
      header: words.since,
      width: 240,
      wide: true,
      cell: ({ activatedAt, createdAt, removableAt }) => (
        <span className="muted">
          {removableAt === null ? (
            <Moment iso={activatedAt ?? createdAt} />
          ) : isPast(removableAt) ? (
            words.removable
          ) : (
            words.removableAt({ time: dateText(new Date(removableAt), clock) })
          )}
        </span>
      ),
    },
    ...(canChange
      ? [
          {
            id: 'more',
            header: '',
            width: 68,
            cell: (key: DkimKey) =>
              key.state === 'waiting' || isPast(key.removableAt) ? (
                <ActionMenu
                  label={strings.actionsFor({ name: key.selector })}
                  actions={[{ label: words.removeKey, icon: 'trash', danger: true, onClick: () => onRemove(key) }]}
                />
              ) : null,
          },
        ]
      : []),
  ];
  const rows = domain.keys.filter((key) => !isHidden(pathOf(key)));
  return <DataTable label={words.keys} columns={columns} rows={rows} keyOf={({ id }) => id} />;
}

function kindOf({ algorithm }: DkimKey): string {
  return algorithm === 'rsa' ? 'RSA' : 'Ed25519';
}

function markOf({ state }: DkimKey) {
  return (
    <StatusMark tone={TONES[state] ?? 'quiet'} word={strings.keyStates[state as keyof typeof strings.keyStates]} />
  );
}
