import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { Link } from 'react-router';
import type { DuplicatesPage as Found } from '../../../../../src/contract/contact-duplicates.ts';
import type { Contact } from '../../../../../src/contract/contacts.ts';
import { Button } from '../../../components/button.tsx';
import { Card } from '../../../components/card.tsx';
import { Drawing } from '../../../components/drawings.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { Moment } from '../../../components/moment.tsx';
import page from '../../../components/page.module.css';
import { PageHead } from '../../../components/page-head.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { ProgressLine } from '../../../components/progress-line.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { hasEnded, useOperation } from '../../../components/use-operation.ts';
import { useCan } from '../../../lib/access.ts';
import { usePageTitle } from '../../../lib/page-title.ts';
import { useDuplicates } from '../api/list-duplicates.ts';
import { useLookForDuplicates } from '../api/look-for-duplicates.ts';
import { nameOf } from '../contact-name.ts';
import { strings } from '../strings.ts';
import styles from './duplicates-page.module.css';
import { MergeDialog } from './merge-dialog.tsx';

type Group = Found['items'][number];

/** Contacts that may be one person, and merging them. */
export function DuplicatesPage() {
  const words = strings.merge;
  usePageTitle(words.title);
  const duplicates = useDuplicates();
  const look = useLookForDuplicates();
  const isEditor = useCan('editor');
  const [open, setOpen] = useState<Group | null>(null);
  const first = duplicates.data?.pages[0];
  const groups = duplicates.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <div className={page.page}>
      <PageHead
        title={words.title}
        lead={
          first?.lookedAt ? (
            <>
              {words.lead} {words.lookedAt} <Moment iso={first.lookedAt} />.
            </>
          ) : (
            words.lead
          )
        }
      >
        {isEditor ? (
          <Button kind="primary" busy={look.isPending} disabled={first?.looking ?? true} onClick={() => look.mutate()}>
            {words.look}
          </Button>
        ) : null}
      </PageHead>
      {look.error ? <ProblemNote error={look.error} /> : null}
      {duplicates.error ? (
        <ProblemNote error={duplicates.error} onRetry={() => void duplicates.refetch()} />
      ) : (
        <>
          {first?.looking ? <Looking operationId={look.data?.operationId ?? null} /> : null}
          <Card flush>
            {first === undefined ? (
              <div className={styles.bones}>
                <Skeleton width="60%" />
                <Skeleton width="40%" />
              </div>
            ) : null}
            {first && groups.length === 0 ? <None page={first} /> : null}
            <ul>
              {groups.map((group) => (
                <li key={group.contacts.map(({ id }) => id).join(' ')} className={styles.group}>
                  <GroupWords group={group} />
                  {isEditor ? <Button onClick={() => setOpen(group)}>{words.compare}</Button> : null}
                </li>
              ))}
            </ul>
            {duplicates.hasNextPage ? (
              <div className={styles.more}>
                <Button busy={duplicates.isFetchingNextPage} onClick={() => void duplicates.fetchNextPage()}>
                  {strings.contact.more}
                </Button>
              </div>
            ) : null}
          </Card>
        </>
      )}
      <MergeDialog contacts={open?.contacts ?? null} onClose={() => setOpen(null)} />
    </div>
  );
}

function GroupWords({ group }: { group: Group }) {
  return (
    <div className={styles.words}>
      <p className="muted">{strings.merge.reasons[group.reason as keyof typeof strings.merge.reasons]}</p>
      <ul className={styles.people}>
        {group.contacts.map((contact: Contact) => (
          <li key={contact.id}>
            <Link to={`/contacts/${contact.id}`}>{contact.email}</Link> <span className="muted">{nameOf(contact)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function None({ page: { lookedAt, looking } }: { page: Found }) {
  const words = strings.merge;
  if (looking) return null;
  const isNever = lookedAt === null;
  return (
    <EmptyState drawing={<Drawing name="people" />} title={isNever ? words.never : words.none}>
      {isNever ? words.neverText : words.noneText}
    </EmptyState>
  );
}

/** While a worker looks; when it has looked, what it found is read. */
function Looking({ operationId }: { operationId: string | null }) {
  const operation = useOperation(operationId);
  const client = useQueryClient();
  const isOver = operation ? hasEnded(operation) : false;
  useEffect(() => {
    if (isOver) void client.invalidateQueries({ queryKey: ['contacts', 'duplicates'] });
  }, [isOver, client]);
  return (
    <ProgressLine
      label={strings.merge.looking}
      percent={operation?.progress ?? 0}
      done={operation?.processed ?? 0}
      total={operation?.total ?? null}
      rate={operation?.rate ?? 0}
      etaSeconds={operation?.etaSeconds ?? null}
    />
  );
}
