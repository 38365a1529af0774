import { useState } from 'react';
import { Link, useParams } from 'react-router';
import type { EmailDetail } from '../../../../../src/contract/emails.ts';
import { Button } from '../../../components/button.tsx';
import { Card } from '../../../components/card.tsx';
import { FormDialog } from '../../../components/dialog.tsx';
import { Facts } from '../../../components/facts.tsx';
import { Moment } from '../../../components/moment.tsx';
import page from '../../../components/page.module.css';
import { PageHead } from '../../../components/page-head.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { StatusMark, type Tone } from '../../../components/status-mark.tsx';
import { StoryOfRecipient } from '../../../components/story-of-recipient.tsx';
import { toasts } from '../../../components/toast-store.ts';
import { useCan } from '../../../lib/access.ts';
import { usePageTitle } from '../../../lib/page-title.ts';
import { useCancelEmail } from '../api/cancel-email.ts';
import { useEmail } from '../api/get-email.ts';
import { strings } from '../strings.ts';
import styles from './emails.module.css';

const TONES: Readonly<Record<string, Tone>> = { delayed: 'warning', active: 'busy', completed: 'good' };

/** One email: what was asked, and the story of each recipient. */
export function EmailPage({ accountNames }: { accountNames: ReadonlyMap<string, string> }) {
  const { id = '' } = useParams();
  const email = useEmail(id);
  usePageTitle(email.data?.subject ?? strings.title);
  if (email.isError) return <ProblemNote error={email.error} onRetry={() => void email.refetch()} />;
  if (email.isPending) return <Skeleton width={240} height={28} />;
  return (
    <div className={page.page}>
      <Head email={email.data} />
      <div className={page.columns}>
        <Card title={strings.page.recipients({ count: email.data.recipients.length })}>
          <div className={styles.recipients}>
            {email.data.recipients.map((recipient) => (
              <section key={recipient.seq} className={styles.recipient}>
                <h3>{recipient.email}</h3>
                <p className="muted">{recipient.subject ?? strings.page.notRendered}</p>
                <StoryOfRecipient recipient={recipient} accountName={accountNames.get(recipient.accountId ?? '')} />
              </section>
            ))}
          </div>
        </Card>
        <Card title={strings.page.about}>
          <Facts facts={factsOf(email.data)} />
        </Card>
      </div>
    </div>
  );
}

function Head({ email: { id, subject, state, waitingFor } }: { email: EmailDetail }) {
  const canCancel = useCan('editor') && (state === 'delayed' || state === 'active');
  const [isAsking, setAsking] = useState(false);
  const cancel = useCancelEmail(id);
  const words = strings.page;
  const onCancel = () =>
    cancel.mutate(undefined, {
      onSuccess: () => {
        setAsking(false);
        toasts.say(words.cancelled);
      },
    });
  const word = strings.states[state as keyof typeof strings.states] ?? state;
  const lead = (
    <>
      <StatusMark tone={TONES[state] ?? 'quiet'} word={word} />
      {waitingFor === null ? null : ` · ${words.waiting} ${waitingFor}`}
    </>
  );
  return (
    <>
      <PageHead title={subject} lead={lead}>
        {canCancel ? <Button onClick={() => setAsking(true)}>{words.cancel}</Button> : null}
      </PageHead>
      <FormDialog
        opened={isAsking}
        onClose={() => setAsking(false)}
        title={words.cancelTitle}
        submit={words.cancelSubmit}
        kind="danger"
        busy={cancel.isPending}
        error={cancel.error}
        onSubmit={onCancel}
      >
        <p>{words.cancelWords}</p>
      </FormDialog>
    </>
  );
}

function factsOf(email: EmailDetail) {
  const { id, from, replyTo, createdAt, scheduledAt, finishedAt, templateId, listId, tags, metadata } = email;
  const words = strings.page;
  const moment = (label: string, iso: string | null) => (iso === null ? [] : [{ label, value: <Moment iso={iso} /> }]);
  return [
    { label: words.from, value: from },
    ...(replyTo === null ? [] : [{ label: words.replyTo, value: replyTo }]),
    ...moment(words.accepted, createdAt),
    ...moment(words.scheduled, scheduledAt),
    ...moment(words.finished, finishedAt),
    ...(templateId === null
      ? []
      : [{ label: words.template, value: <Link to={`/templates/${templateId}`}>{words.ofTemplate}</Link> }]),
    ...(listId === null ? [] : [{ label: words.list, value: <Link to={`/lists/${listId}`}>{words.ofList}</Link> }]),
    ...(tags.length === 0
      ? []
      : [{ label: words.tags, value: <span className={styles.tags}>{tags.join(', ')}</span> }]),
    ...Object.entries(metadata).map(([label, value]) => ({ label, value })),
    { label: words.id, value: <span className="mono">{id}</span> },
  ];
}
