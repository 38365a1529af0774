import { useEffect } from 'react';
import { Link, useSearchParams } from 'react-router';
import type { SandboxMessageSummary } from '../../../../../src/contract/sandbox.ts';
import { Button } from '../../../components/button.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { useClock } from '../../../lib/clock.ts';
import { absoluteText, relativeText } from '../../../lib/times.ts';
import { useMessages, useNewest } from '../api/list-messages.ts';
import { strings } from '../strings.ts';
import styles from './message-list.module.css';

const BONES = ['a', 'b', 'c', 'd', 'e', 'f'];

interface MessageListProps {
  readonly search: string;
  readonly openId: string | undefined;
}

/** Newest first. New mail does not push the list about while somebody reads it: a button shows it. */
export function MessageList({ search, openId }: MessageListProps) {
  const list = useMessages(search);
  const newest = useNewest(search).data;
  const messages = list.data?.pages.flatMap((page) => page.items) ?? [];
  const isBehind = list.isSuccess && !list.isPlaceholderData && !!newest?.id && newest.id !== messages[0]?.id;
  const { refetch } = list;
  const isEmpty = messages.length === 0;
  useEffect(() => {
    if (isBehind && isEmpty) void refetch();
  }, [isBehind, isEmpty, refetch]);
  if (list.isPending) return <MessageListSkeleton />;
  if (list.isError) {
    return (
      <div className={styles.note}>
        <ProblemNote error={list.error} onRetry={() => void refetch()} />
      </div>
    );
  }
  if (isEmpty) return <p className={styles.none}>{search === '' ? strings.none : strings.noneFound}</p>;
  const total = newest?.total ?? list.data.pages[0]?.total ?? messages.length;
  return (
    <div className={styles.scroll}>
      <p className={styles.count}>
        {strings.messages({ count: total })}
        {isBehind ? (
          <Button kind="quiet" className={styles.fresh} onClick={() => void refetch()}>
            {strings.fresh({ count: Math.max(1, total - (list.data.pages[0]?.total ?? 0)) })}
          </Button>
        ) : null}
      </p>
      <ul>
        {messages.map((message) => (
          <MessageRow key={message.id} message={message} isOpen={message.id === openId} />
        ))}
      </ul>
      {list.hasNextPage ? (
        <div className={styles.more}>
          <Button busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {strings.more}
          </Button>
        </div>
      ) : null}
    </div>
  );
}

function MessageRow({ message, isOpen }: { message: SandboxMessageSummary; isOpen: boolean }) {
  const [params] = useSearchParams();
  const received = new Date(message.receivedAt);
  const clock = useClock();
  const query = params.toString();
  return (
    <li>
      <Link
        to={`/mailbox/${message.id}${query === '' ? '' : `?${query}`}`}
        className={styles.row}
        aria-current={isOpen ? 'true' : undefined}
      >
        <span className={styles.to}>{message.envelopeTo}</span>
        <time dateTime={message.receivedAt} title={absoluteText(received, clock)} className={styles.when}>
          {relativeText(received, clock)}
        </time>
        <span className={styles.subject}>{message.subject ?? strings.noSubject}</span>
      </Link>
    </li>
  );
}

function MessageListSkeleton() {
  return (
    <div role="status" aria-label={strings.loading}>
      {BONES.map((bone) => (
        <div key={bone} className={styles.row}>
          <Skeleton width="70%" />
          <span />
          <Skeleton width="90%" />
        </div>
      ))}
    </div>
  );
}
