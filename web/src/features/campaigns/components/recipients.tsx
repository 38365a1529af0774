import { useState } from 'react';
import type { CampaignDetail, LedgerRecipient } from '../../../../../src/contract/campaigns.ts';
import { Button, ButtonLink } from '../../../components/button.tsx';
import { Icon } from '../../../components/icon.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { SearchField } from '../../../components/search-field.tsx';
import { type RecipientFilter, recipientsPath, useRecipients } from '../api/list-recipients.ts';
import { strings } from '../strings.ts';
import { RecipientPanel } from './recipient-panel.tsx';
import { RecipientTable, RecipientTableSkeleton } from './recipient-table.tsx';
import styles from './recipients.module.css';

const words = strings.recipients;

interface RecipientsProps {
  readonly campaign: CampaignDetail;
  readonly accountNames: ReadonlyMap<string, string>;
  readonly filter: RecipientFilter;
  readonly onEmail: (email: string) => void;
}

/** The ledger row by row: searched, filtered, exported; one of them opened at the side. */
export function Recipients({ campaign, accountNames, filter, onEmail }: RecipientsProps) {
  const [open, setOpen] = useState<LedgerRecipient | null>(null);
  return (
    <section className={styles.section} aria-labelledby="recipients-title">
      <div className={styles.tools}>
        <h2 id="recipients-title">{words.title}</h2>
        <SearchField label={words.search} value={filter.email} onSearch={onEmail} />
        <ButtonLink href={recipientsPath(campaign.id, filter, { format: 'csv' })} download>
          <Icon name="download" />
          {words.csv}
        </ButtonLink>
      </div>
      <div className={styles.card}>
        <Found campaign={campaign} filter={filter} onOpen={setOpen} />
      </div>
      <RecipientPanel
        recipient={open}
        accountName={open?.accountId ? accountNames.get(open.accountId) : undefined}
        onClose={() => setOpen(null)}
      />
    </section>
  );
}

interface FoundProps {
  readonly campaign: CampaignDetail;
  readonly filter: RecipientFilter;
  readonly onOpen: (recipient: LedgerRecipient) => void;
}

function Found({ campaign, filter, onOpen }: FoundProps) {
  const list = useRecipients(campaign.id, filter);
  if (list.isPending) return <RecipientTableSkeleton />;
  if (list.isError) return <ProblemNote error={list.error} onRetry={() => void list.refetch()} />;
  const recipients = list.data.pages.flatMap((page) => page.items);
  return (
    <>
      <Changed campaign={campaign} readAt={list.dataUpdatedAt} onRefresh={() => void list.refetch()} />
      {recipients.length === 0 ? (
        <p className={styles.none}>{campaign.total === 0 ? words.noneYet : words.none}</p>
      ) : (
        <RecipientTable recipients={recipients} onOpen={onOpen} />
      )}
      {list.hasNextPage ? (
        <div className={styles.more}>
          <Button busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {words.more}
          </Button>
        </div>
      ) : null}
    </>
  );
}

/** Rows do not move under a reader's hand: when the ledger has gone on, a button fetches it. */
function Changed({ campaign, readAt, onRefresh }: { campaign: CampaignDetail; readAt: number; onRefresh: () => void }) {
  const standing = JSON.stringify(campaign.counts);
  const [read, setRead] = useState({ readAt, standing });
  if (read.readAt !== readAt) setRead({ readAt, standing });
  if (read.standing === standing) return null;
  return (
    <p className={styles.changed}>
      {words.changed}
      <Button onClick={onRefresh}>
        <Icon name="refresh" />
        {words.refresh}
      </Button>
    </p>
  );
}
