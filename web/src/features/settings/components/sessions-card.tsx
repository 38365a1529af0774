import type { SessionInfo } from '../../../../../src/contract/auth.ts';
import { Button } from '../../../components/button.tsx';
import { Card } from '../../../components/card.tsx';
import { type Column, DataTable } from '../../../components/data-table.tsx';
import { Moment } from '../../../components/moment.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { toasts } from '../../../components/toast-store.ts';
import { useEndSessions } from '../api/end-sessions.ts';
import { useSessions } from '../api/list-sessions.ts';
import { browserName } from '../browser-name.ts';
import { strings } from '../strings.ts';

/** Where one is logged in. What is ended is refused at its next request. */
export function SessionsCard() {
  const words = strings.sessions;
  const sessions = useSessions();
  const end = useEndSessions();
  const rows = sessions.data?.items;
  const others = (rows?.length ?? 0) > 1;
  const endOne = (id: string) => end.mutate(id, { onSuccess: () => toasts.say(words.ended) });
  const endOthers = () => end.mutate(null, { onSuccess: (count) => toasts.say(words.endedOthers({ count })) });
  return (
    <Card
      title={words.title}
      flush
      actions={
        others ? (
          <Button busy={end.isPending} onClick={endOthers}>
            {words.endOthers}
          </Button>
        ) : null
      }
    >
      {(sessions.error ?? end.error) ? <ProblemNote error={sessions.error ?? end.error} /> : null}
      <DataTable label={words.table} columns={columnsOf(endOne)} rows={rows} keyOf={({ id }) => id} />
    </Card>
  );
}

function columnsOf(onEnd: (id: string) => void): Array<Column<SessionInfo>> {
  const words = strings.sessions;
  return [
    {
      id: 'device',
      header: words.device,
      cell: ({ userAgent }) => <span title={userAgent ?? ''}>{deviceOf(userAgent)}</span>,
    },
    {
      id: 'address',
      header: words.address,
      wide: true,
      width: 170,
      cell: ({ address }) => <span className="mono">{address}</span>,
    },
    { id: 'seen', header: words.seen, width: 120, cell: ({ lastSeenAt }) => <Moment iso={lastSeenAt} /> },
    {
      id: 'end',
      header: '',
      width: 128,
      align: 'end',
      cell: ({ id, current }) =>
        current ? (
          <span className="muted">{words.here}</span>
        ) : (
          <Button kind="quiet" onClick={() => onEnd(id)}>
            {words.end}
          </Button>
        ),
    },
  ];
}

function deviceOf(userAgent: string | null): string {
  const { browser, system } = browserName(userAgent);
  if (browser === null) return strings.sessions.unknown;
  return system === null ? browser : strings.sessions.on({ browser, system });
}
