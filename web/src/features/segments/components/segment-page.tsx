import { TextInput } from '@mantine/core';
import { type FormEvent, type ReactNode, useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import type { Segment } from '../../../../../src/contract/segments.ts';
import { ActionMenu } from '../../../components/action-menu.tsx';
import { Button } from '../../../components/button.tsx';
import { Card } from '../../../components/card.tsx';
import page from '../../../components/page.module.css';
import { PageHead } from '../../../components/page-head.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { toasts } from '../../../components/toast-store.ts';
import { useUndoableDelete } from '../../../components/use-undoable-delete.ts';
import { useCan } from '../../../lib/access.ts';
import { ApiError } from '../../../lib/api.ts';
import { countText } from '../../../lib/numbers.ts';
import { usePageTitle } from '../../../lib/page-title.ts';
import { useCountExactly } from '../api/count-exactly.ts';
import { useFilterCount } from '../api/count-filter.ts';
import { segmentPath, useSegment } from '../api/get-segment.ts';
import { useSaveSegment } from '../api/save-segment.ts';
import { type Declared, draftOf, newClause, newGroup } from '../draft.ts';
import { draftWords } from '../filter-words.ts';
import { placeFindings, readDraft } from '../read-draft.ts';
import { strings } from '../strings.ts';
import { useDeclared, useNames } from '../use-names.ts';
import { useSettled } from '../use-settled.ts';
import { FilterBuilder } from './filter-builder.tsx';
import { FilterCount } from './filter-count.tsx';
import styles from './segment-page.module.css';

interface SegmentPageProps {
  /** The table of those in a segment, which another feature draws. */
  readonly members: (segmentId: string) => ReactNode;
}

/** A segment that is being built or changed, with how many it finds as it is written. */
export function SegmentPage({ members }: SegmentPageProps) {
  const { id } = useParams();
  const declared = useDeclared();
  if (declared === undefined) return <SegmentSkeleton />;
  if (id === undefined || id === 'new')
    return <Editor key="new" segment={null} declared={declared} members={members} />;
  return <Found key={id} id={id} declared={declared} members={members} />;
}

function Found({ id, declared, members }: SegmentPageProps & { id: string; declared: Declared }) {
  const segment = useSegment(id);
  if (segment.isPending) return <SegmentSkeleton />;
  if (segment.isError) return <ProblemNote error={segment.error} onRetry={() => void segment.refetch()} />;
  return <Editor key={segment.data.updatedAt} segment={segment.data} declared={declared} members={members} />;
}

interface EditorProps extends SegmentPageProps {
  /** Null: a new one. */
  readonly segment: Segment | null;
  readonly declared: Declared;
}

function Editor({ segment, declared, members }: EditorProps) {
  const [name, setName] = useState(segment?.name ?? '');
  const [root, setRoot] = useState(() =>
    segment ? draftOf(segment.filter) : newGroup('and', [newClause('field:email', declared)]),
  );
  const isEditor = useCan('editor');
  const names = useNames();
  const save = useSaveSegment(segment?.id ?? null);
  const navigate = useNavigate();
  const { remove } = useUndoableDelete();
  usePageTitle(segment?.name ?? strings.newTitle);
  const { filter, faults, places } = readDraft(root, declared);
  const settled = useSettled(filter, JSON.stringify(filter));
  const count = useFilterCount(settled);
  const found = placeFindings(findingsOf(save.error ?? count.error), places);
  const isChanged = segment === null || name !== segment.name || JSON.stringify(filter) !== saved(segment, declared);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (filter === null) return;
    // A segment that has changed is drawn anew: only the promise outlives that.
    save.mutateAsync({ name, filter }).then(
      (made) => {
        toasts.say(segment === null ? strings.made({ name: made.name }) : strings.saved);
        if (segment === null) void navigate(`/segments/${made.id}`, { replace: true });
      },
      () => {},
    );
  };
  const onDelete = () => {
    if (segment === null) return;
    remove({
      path: segmentPath(segment.id),
      text: strings.deleted({ name: segment.name }),
      queryKey: ['segments'],
    });
    void navigate('/segments');
  };
  return (
    <div className={page.page}>
      <PageHead title={segment?.name ?? strings.newTitle}>
        {isEditor && segment !== null ? (
          <ActionMenu actions={[{ label: strings.delete, icon: 'trash', danger: true, onClick: onDelete }]} />
        ) : null}
        {isEditor ? (
          <form className={styles.save} onSubmit={submit}>
            <TextInput
              aria-label={strings.name}
              placeholder={strings.name}
              size="xs"
              required
              maxLength={200}
              autoComplete="off"
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <Button
              type="submit"
              kind="primary"
              busy={save.isPending}
              disabled={filter === null || name.trim() === '' || !isChanged}
            >
              {segment === null ? strings.save : strings.saveChanges}
            </Button>
          </form>
        ) : null}
      </PageHead>
      {save.error && found.size === 0 ? <ProblemNote error={save.error} /> : null}
      <div className={styles.columns} data-alone={!isEditor || undefined}>
        {isEditor ? (
          <Card title={strings.builder}>
            <FilterBuilder
              root={root}
              declared={declared}
              faults={new Map([...found, ...faults])}
              onChange={(changed) => {
                save.reset();
                setRoot(changed);
              }}
            />
          </Card>
        ) : null}
        <FilterCount
          filter={filter === null ? null : settled}
          count={count}
          sentence={draftWords(root, declared, names)}
        >
          {segment !== null && !isChanged && count.data?.exact === false ? <CountExactly id={segment.id} /> : null}
        </FilterCount>
      </div>
      {segment === null ? null : (
        <section className={page.page} aria-labelledby="members">
          <h2 id="members">{strings.members}</h2>
          <Card flush>{members(segment.id)}</Card>
        </section>
      )}
    </div>
  );
}

/** As the builder would write it, so that nothing counts as changed that only is written in another way. */
function saved({ filter }: Segment, declared: Declared): string {
  return JSON.stringify(readDraft(draftOf(filter), declared).filter);
}

function findingsOf(error: Error | null) {
  return error instanceof ApiError && error.status === 422 ? (error.problem?.errors ?? []) : [];
}

function CountExactly({ id }: { id: string }) {
  const exactly = useCountExactly(id);
  const words = strings.count;
  if (exactly.data)
    return (
      <p>
        <strong>{countText(exactly.data.count)}</strong> {words.people({ count: exactly.data.count })}. {words.exact}
      </p>
    );
  return (
    <div>
      <Button busy={exactly.isPending} title={words.exactHint} onClick={() => exactly.mutate()}>
        {words.exactly}
      </Button>
      {exactly.error ? <ProblemNote error={exactly.error} /> : null}
    </div>
  );
}

function SegmentSkeleton() {
  return (
    <div className={page.page} role="status" aria-label={strings.loading}>
      <Skeleton width={240} height={28} />
      <Skeleton height={200} />
    </div>
  );
}
