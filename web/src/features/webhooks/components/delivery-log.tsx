import { useState } from 'react';
import { useSearchParams } from 'react-router';
import type { Webhook, WebhookDelivery } from '../../../../../src/contract/webhooks.ts';
import { Button } from '../../../components/button.tsx';
import { Card } from '../../../components/card.tsx';
import { type Column, DataTable } from '../../../components/data-table.tsx';
import { Dialog } from '../../../components/dialog.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { FilterTabs } from '../../../components/filter-tabs.tsx';
import { Moment } from '../../../components/moment.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { StatusMark } from '../../../components/status-mark.tsx';
import { toasts } from '../../../components/toast-store.ts';
import { useCan } from '../../../lib/access.ts';
import { useReplay, useReplayFailed } from '../api/act-on-webhook.ts';
import { useDeliveries } from '../api/list-deliveries.ts';
import { lastAnswer, lookOfDelivery } from '../look.ts';
import { strings } from '../strings.ts';
import styles from './webhooks.module.css';

/** The newest messages, by state, with what each attempt came to. */
export function DeliveryLog({ webhook }: { webhook: Webhook }) {
  const [params] = useSearchParams();
  const state = params.get('state');
  const deliveries = useDeliveries(webhook.id, state);
  const canReplay = useCan('admin') && webhook.state === 'active';
  const [shown, setShown] = useState<WebhookDelivery | null>(null);
  const replay = useReplay(webhook.id);
  const all = useReplayFailed(webhook.id);
  const words = strings.page;
  const onReplay = ({ id }: WebhookDelivery) => replay.mutate(id, { onSuccess: () => toasts.say(words.replayed) });
  const onAll = () =>
    all.mutate(undefined, { onSuccess: ({ replayed }) => toasts.say(words.replayedAll({ count: replayed })) });
  const rows = deliveries.data?.items;
  const error = deliveries.error ?? replay.error ?? all.error;
  return (
    <Card
      title={words.log}
      flush
      actions={
        canReplay ? (
          <Button busy={all.isPending} onClick={onAll}>
            {words.replayFailed}
          </Button>
        ) : null
      }
    >
      <FilterTabs
        label={words.log}
        tabs={TABS.map((id) => ({
          id,
          label: id === 'all' ? words.all : strings.deliveryStates[id],
          to: id === 'all' ? `/webhooks/${webhook.id}` : `/webhooks/${webhook.id}?state=${id}`,
        }))}
        current={TABS.find((id) => id === state) ?? 'all'}
      />
      {error ? <ProblemNote error={error} onRetry={() => void deliveries.refetch()} /> : null}
      {rows?.length === 0 ? (
        <EmptyState title={words.none}>{null}</EmptyState>
      ) : (
        <DataTable
          label={words.log}
          columns={columnsOf(setShown, canReplay ? onReplay : null)}
          rows={rows}
          keyOf={({ id }) => id}
        />
      )}
      {shown ? <TriesDialog delivery={shown} onClose={() => setShown(null)} /> : null}
    </Card>
  );
}

const TABS = ['all', 'pending', 'delivered', 'failed'] as const;

function columnsOf(
  onShow: (delivery: WebhookDelivery) => void,
  onReplay: ((delivery: WebhookDelivery) => void) | null,
): Array<Column<WebhookDelivery>> {
  const words = strings.log;
  return [
    {
      id: 'type',
      header: words.type,
      cell: (delivery) => (
        <Button kind="quiet" aria-label={strings.page.details({ id: delivery.id })} onClick={() => onShow(delivery)}>
          {delivery.type}
        </Button>
      ),
    },
    { id: 'state', header: words.state, width: 130, cell: (delivery) => <StatusMark {...lookOfDelivery(delivery)} /> },
    { id: 'attempts', header: words.attempts, width: 90, wide: true, align: 'end', cell: ({ attempts }) => attempts },
    { id: 'last', header: words.last, width: 130, wide: true, cell: (delivery) => lastAnswer(delivery) },
    {
      id: 'created',
      header: words.created,
      width: 130,
      wide: true,
      cell: ({ createdAt }) => <Moment iso={createdAt} />,
    },
    ...(onReplay
      ? [
          {
            id: 'replay',
            header: '',
            width: 160,
            align: 'end' as const,
            cell: (delivery: WebhookDelivery) =>
              delivery.state === 'pending' ? null : (
                <Button kind="quiet" onClick={() => onReplay(delivery)}>
                  {strings.page.replay}
                </Button>
              ),
          },
        ]
      : []),
  ];
}

function TriesDialog({ delivery, onClose }: { delivery: WebhookDelivery; onClose: () => void }) {
  const words = strings.page;
  return (
    <Dialog opened onClose={onClose} title={words.detailsTitle}>
      <ol className={styles.tries}>
        {delivery.tries.map(({ at, status, durationMs, answer, error }) => (
          <li key={at}>
            <p>
              <Moment iso={at} /> · {status ?? words.noAnswer} · {words.took({ ms: durationMs })}
            </p>
            {error === null ? null : <p className="muted">{error}</p>}
            {answer === null ? null : (
              <p className="mono">
                {words.answer}: {answer}
              </p>
            )}
          </li>
        ))}
      </ol>
      <p className="muted">{words.body}</p>
      <pre className={`${styles.body} mono`}>{delivery.body}</pre>
      <div className={styles.buttons}>
        <Button onClick={onClose}>{words.close}</Button>
      </div>
    </Dialog>
  );
}
