import { useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import type { Webhook } from '../../../../../src/contract/webhooks.ts';
import { ActionMenu } from '../../../components/action-menu.tsx';
import { Button } from '../../../components/button.tsx';
import { FormDialog } from '../../../components/dialog.tsx';
import { Moment } from '../../../components/moment.tsx';
import page from '../../../components/page.module.css';
import { PageHead } from '../../../components/page-head.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { StatusMark } from '../../../components/status-mark.tsx';
import { toasts } from '../../../components/toast-store.ts';
import { useUndoableDelete } from '../../../components/use-undoable-delete.ts';
import { useCan } from '../../../lib/access.ts';
import { usePageTitle } from '../../../lib/page-title.ts';
import { useChangeWebhook, useRotateSecret, useTestWebhook } from '../api/act-on-webhook.ts';
import { useWebhook } from '../api/get-webhook.ts';
import { lookOfWebhook } from '../look.ts';
import { strings } from '../strings.ts';
import { DeliveryLog } from './delivery-log.tsx';
import { SecretDialog } from './secret-dialog.tsx';
import styles from './webhooks.module.css';

/** One endpoint: how it is, and what was posted to it. */
export function WebhookPage() {
  const { id = '' } = useParams();
  const webhook = useWebhook(id);
  usePageTitle(webhook.data?.name ?? strings.title);
  if (webhook.isError) return <ProblemNote error={webhook.error} onRetry={() => void webhook.refetch()} />;
  if (webhook.isPending) return <Skeleton width={240} height={28} />;
  return (
    <div className={page.page}>
      <Head webhook={webhook.data} />
      {webhook.data.stateReason === null ? null : <p>{webhook.data.stateReason}</p>}
      <DeliveryLog webhook={webhook.data} />
    </div>
  );
}

function Head({ webhook }: { webhook: Webhook }) {
  const { id, name, url, state, failingSince } = webhook;
  const canChange = useCan('admin');
  const navigate = useNavigate();
  const [isRotating, setRotating] = useState(false);
  const test = useTestWebhook(id);
  const change = useChangeWebhook(id);
  const { remove } = useUndoableDelete();
  const words = strings.page;
  const lead = (
    <span className={styles.lead}>
      <StatusMark {...lookOfWebhook(webhook)} />
      <span className="muted mono">{url}</span>
      {failingSince === null ? null : (
        <span className="muted">
          {words.failingSince} <Moment iso={failingSince} />
        </span>
      )}
    </span>
  );
  if (!canChange) return <PageHead title={name} lead={lead} />;
  const onTest = () =>
    test.mutate(undefined, {
      onSuccess: ({ state: outcome, tries }) =>
        toasts.say(
          outcome === 'delivered' ? words.tested : words.testFailed({ error: tries.at(-1)?.error ?? words.noAnswer }),
        ),
    });
  const isActive = state === 'active';
  const onSwitch = () =>
    change.mutate({ enabled: !isActive }, { onSuccess: () => toasts.say(isActive ? words.disabled : words.enabled) });
  const onDelete = () => {
    remove({ path: `/api/webhooks/${id}`, text: strings.deleted({ name }), queryKey: ['webhooks'] });
    void navigate('/webhooks');
  };
  return (
    <>
      <PageHead title={name} lead={lead}>
        <Button kind="primary" busy={test.isPending} onClick={onTest}>
          {words.test}
        </Button>
        <Button busy={change.isPending} onClick={onSwitch}>
          {isActive ? words.disable : words.enable}
        </Button>
        <Button onClick={() => setRotating(true)}>{words.rotate}</Button>
        <ActionMenu
          label={strings.actionsFor({ name })}
          actions={[{ label: strings.delete, icon: 'trash', danger: true, onClick: onDelete }]}
        />
      </PageHead>
      {test.error || change.error ? <ProblemNote error={test.error ?? change.error} /> : null}
      {isRotating ? <RotateDialog webhook={webhook} onClose={() => setRotating(false)} /> : null}
    </>
  );
}

function RotateDialog({ webhook: { id, name }, onClose }: { webhook: Webhook; onClose: () => void }) {
  const rotate = useRotateSecret(id);
  const words = strings.page;
  if (rotate.data) return <SecretDialog secret={rotate.data.secret} onClose={onClose} />;
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={words.rotateTitle({ name })}
      submit={words.rotateSubmit}
      busy={rotate.isPending}
      error={rotate.error}
      onSubmit={() => rotate.mutate()}
    >
      <p>{words.rotateWords}</p>
    </FormDialog>
  );
}
