import { type ReactNode, useState } from 'react';
import { Link, useNavigate, useParams, useSearchParams } from 'react-router';
import type { List } from '../../../../../src/contract/lists.ts';
import { ActionMenu } from '../../../components/action-menu.tsx';
import { Card } from '../../../components/card.tsx';
import { Facts } from '../../../components/facts.tsx';
import { FilterTabs } from '../../../components/filter-tabs.tsx';
import page from '../../../components/page.module.css';
import { PageHead } from '../../../components/page-head.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { useUndoableDelete } from '../../../components/use-undoable-delete.ts';
import { useCan } from '../../../lib/access.ts';
import { countText } from '../../../lib/numbers.ts';
import { usePageTitle } from '../../../lib/page-title.ts';
import { listPath, useList } from '../api/get-list.ts';
import { strings } from '../strings.ts';
import { ListConfirmation } from './list-confirmation.tsx';
import styles from './list-page.module.css';
import { ListSettings } from './list-settings.tsx';
import { MergeListDialog } from './merge-list-dialog.tsx';

const STATUSES = ['subscribed', 'unconfirmed', 'unsubscribed'] as const;
type MemberStatus = (typeof STATUSES)[number];

interface ListPageProps {
  /** The table of those in a list, which another feature draws. */
  readonly members: (listId: string, status: MemberStatus | null) => ReactNode;
}

/** One list: who is in it, how people join, and the mail that asks them. */
export function ListPage({ members }: ListPageProps) {
  const { id = '' } = useParams();
  const list = useList(id);
  if (list.isPending)
    return (
      <div className={page.page} role="status" aria-label={strings.loading}>
        <Skeleton width={240} height={28} />
        <Skeleton height={160} />
      </div>
    );
  if (list.isError) return <ProblemNote error={list.error} onRetry={() => void list.refetch()} />;
  return <Loaded key={id} list={list.data} members={members} />;
}

function Loaded({ list, members }: ListPageProps & { list: List }) {
  const [params] = useSearchParams();
  const status = STATUSES.find((each) => each === params.get('status')) ?? null;
  const isEditor = useCan('editor');
  const { remove } = useUndoableDelete();
  const navigate = useNavigate();
  const [isMerging, setMerging] = useState(false);
  usePageTitle(list.name);
  const { contacts } = list;
  const onDelete = () => {
    remove({ path: listPath(list.id), text: strings.deleted({ name: list.name }), queryKey: ['lists'] });
    void navigate('/lists');
  };
  const actions = isEditor
    ? [
        { label: strings.merge.action, onClick: () => setMerging(true) },
        { label: strings.delete, icon: 'trash' as const, danger: true, onClick: onDelete },
      ]
    : [];
  return (
    <div className={page.page}>
      <PageHead title={list.name} lead={list.description ?? undefined}>
        <ActionMenu actions={actions} />
      </PageHead>
      <div className={page.columns}>
        <div className={page.page}>
          <Card title={strings.counts}>
            <Facts
              facts={STATUSES.map((each) => ({
                label: strings.tabs[each],
                value: (
                  <>
                    <span className="numbers">{countText(contacts[each])}</span>{' '}
                    <span className="muted">{strings.meanings[each]}</span>
                  </>
                ),
              }))}
            />
          </Card>
          <ListSettings list={list} canEdit={isEditor} />
        </div>
        <ListConfirmation list={list} canEdit={isEditor} />
      </div>
      <section className={page.page} aria-labelledby="members">
        <div className={styles.members}>
          <h2 id="members">{strings.members}</h2>
          <Link to={`/contacts?list=${list.id}${status === null ? '' : `&status=${status}`}`}>{strings.openAll}</Link>
        </div>
        <FilterTabs
          label={strings.members}
          current={status ?? 'all'}
          tabs={[
            {
              id: 'all',
              label: strings.tabs.all,
              count: STATUSES.reduce((sum, each) => sum + contacts[each], 0),
              to: '?',
            },
            ...STATUSES.map((each) => ({
              id: each,
              label: strings.tabs[each],
              count: contacts[each],
              to: `?status=${each}`,
            })),
          ]}
        />
        <Card flush>{members(list.id, status)}</Card>
      </section>
      <MergeListDialog list={list} opened={isMerging} onClose={() => setMerging(false)} />
    </div>
  );
}
