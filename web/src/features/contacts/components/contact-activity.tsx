import { Link } from 'react-router';
import type { ContactActivityItem } from '../../../../../src/contract/contact-activity.ts';
import { RECIPIENT_STATES } from '../../../../../src/contract/states.ts';
import { Button } from '../../../components/button.tsx';
import { Card } from '../../../components/card.tsx';
import { Moment } from '../../../components/moment.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { StateMark } from '../../../components/state-mark.tsx';
import { useActivity } from '../api/list-activity.ts';
import { strings } from '../strings.ts';
import styles from './contact-page.module.css';

/** What was sent to somebody and what came of it. */
export function ContactActivity({ contactId }: { contactId: string }) {
  const activity = useActivity(contactId);
  const words = strings.contact;
  const items = activity.data?.pages.flatMap((page) => page.items).filter(({ kind }) => kind === 'message') ?? [];
  return (
    <Card title={words.activity}>
      {activity.isPending ? <Skeleton width="60%" /> : null}
      {activity.error ? <ProblemNote error={activity.error} onRetry={() => void activity.refetch()} /> : null}
      {activity.isSuccess && items.length === 0 ? <p className="muted">{words.noActivity}</p> : null}
      {items.length === 0 ? null : (
        <ol className={styles.story}>
          {items.map((item) => (
            <Message key={`${item.campaignId ?? item.emailId} ${item.at}`} item={item} />
          ))}
        </ol>
      )}
      {activity.hasNextPage ? (
        <div>
          <Button busy={activity.isFetchingNextPage} onClick={() => void activity.fetchNextPage()}>
            {words.more}
          </Button>
        </div>
      ) : null}
    </Card>
  );
}

function Message({ item }: { item: ContactActivityItem }) {
  const { campaignId, campaignName, emailId, subject, at, state, reason, events = [] } = item;
  const known = RECIPIENT_STATES.find((each) => each === state);
  return (
    <li>
      <p className={styles.message}>
        {emailId === undefined ? (
          <Link to={`/campaigns/${campaignId ?? ''}`}>{campaignName}</Link>
        ) : (
          <Link to={`/emails/${emailId}`}>{subject}</Link>
        )}
        {known ? <StateMark state={known} /> : null}
        {at === null ? null : (
          <span className="muted">
            <Moment iso={at} />
          </span>
        )}
      </p>
      {reason === undefined ? null : <p className="muted">{reason}</p>}
      {events.length === 0 ? null : (
        <p className={`muted ${styles.events}`}>
          {events.map((event) => (
            <span key={`${event.type} ${event.at}`} title={event.note}>
              {strings.events[event.type as keyof typeof strings.events] ?? event.type} <Moment iso={event.at} />
            </span>
          ))}
        </p>
      )}
    </li>
  );
}
