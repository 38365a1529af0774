import { useSearchParams } from 'react-router';
import { Button } from '../../../components/button.tsx';
import { Card } from '../../../components/card.tsx';
import { Drawing } from '../../../components/drawings.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { FilterTabs } from '../../../components/filter-tabs.tsx';
import { LinkButton } from '../../../components/link-button.tsx';
import page from '../../../components/page.module.css';
import { PageHead } from '../../../components/page-head.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { SearchField } from '../../../components/search-field.tsx';
import { useUndoableDelete } from '../../../components/use-undoable-delete.ts';
import { useCan } from '../../../lib/access.ts';
import { usePageTitle } from '../../../lib/page-title.ts';
import { useTabCounts } from '../api/count-campaigns.ts';
import { useCampaigns } from '../api/list-campaigns.ts';
import { strings } from '../strings.ts';
import { TABS, type TabId, tabOf } from '../tabs.ts';
import { CampaignList, CampaignListSkeleton } from './campaign-list.tsx';
import styles from './campaigns-page.module.css';

/** Every campaign of the workspace; which of them stands in the address, so that a view can be shared. */
export function CampaignsPage() {
  const [params, setParams] = useSearchParams();
  const tab = tabOf(params.get('show'));
  const search = params.get('q') ?? '';
  const counts = useTabCounts();
  const canWrite = useCan('editor');
  usePageTitle(strings.title);
  const onSearch = (text: string) => setParams(paramsOf(tab, text), { replace: true });
  return (
    <div className={page.page}>
      <PageHead title={strings.title}>
        {canWrite ? (
          <LinkButton kind="primary" to="/campaigns/new">
            {strings.write}
          </LinkButton>
        ) : null}
      </PageHead>
      <div className={page.tools}>
        <FilterTabs
          label={strings.title}
          tabs={TABS.map(({ id }) => ({
            id,
            label: strings.tabs[id],
            count: counts[id],
            to: `?${paramsOf(id, search)}`,
          }))}
          current={tab}
        />
        <SearchField label={strings.search} value={search} onSearch={onSearch} />
      </div>
      <Card flush>
        <Found tab={tab} search={search} />
      </Card>
    </div>
  );
}

function paramsOf(tab: TabId, search: string): URLSearchParams {
  return new URLSearchParams({ ...(tab === 'all' ? {} : { show: tab }), ...(search === '' ? {} : { q: search }) });
}

function Found({ tab, search }: { tab: TabId; search: string }) {
  const list = useCampaigns(tab, search);
  const { isHidden } = useUndoableDelete();
  if (list.isPending) return <CampaignListSkeleton />;
  if (list.isError) return <ProblemNote error={list.error} onRetry={() => void list.refetch()} />;
  const campaigns = list.data.pages.flatMap((each) => each.items).filter(({ id }) => !isHidden(`/api/campaigns/${id}`));
  if (campaigns.length === 0) {
    if (tab === 'all' && search === '') return <NothingYet />;
    return <p className={styles.none}>{strings.noneFound}</p>;
  }
  return (
    <>
      <CampaignList campaigns={campaigns} />
      {list.hasNextPage ? (
        <div className={styles.more}>
          <Button busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {strings.more}
          </Button>
        </div>
      ) : null}
    </>
  );
}

/** How to get there stands on the overview. */
function NothingYet() {
  const { empty } = strings;
  return (
    <EmptyState
      drawing={<Drawing name="letter" />}
      title={empty.title}
      action={<LinkButton to="/">{empty.steps}</LinkButton>}
    >
      {empty.lead}
    </EmptyState>
  );
}
