import { useState } from 'react';
import type { CampaignDetail, LedgerRecipient } from '../../../../../src/contract/campaigns.ts';
import { RECIPIENT_STATES } from '../../../../../src/contract/states.ts';
import { Button, ButtonLink } from '../../../components/button.tsx';
import { FilterPill } from '../../../components/filter-pill.tsx';
import { Icon } from '../../../components/icon.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { SearchField } from '../../../components/search-field.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { useCan } from '../../../lib/access.ts';
import { answerWords, type RecipientFilter, recipientsPath } from '../api/list-recipients.ts';
import { strings } from '../strings.ts';
import { useLedgerRows } from '../use-ledger-rows.ts';
import { RecipientPanel } from './recipient-panel.tsx';
import { RecipientTable } from './recipient-table.tsx';
import styles from './recipients.module.css';
import { RetryDialog } from './retry-dialog.tsx';

const words = strings.recipients;
const BONES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const RETRIABLE = ['active', 'paused', 'completed', 'failed'];

interface RecipientsProps {
  readonly campaign: CampaignDetail;
  readonly accountNames: ReadonlyMap<string, string>;
  readonly filter: RecipientFilter;
  readonly onFilter: (change: Partial<RecipientFilter>) => void;
}

/** The ledger row by row: searched, filtered, exported, tried again; one of them opened at the side. */
export function Recipients({ campaign, accountNames, filter, onFilter }: RecipientsProps) {
  const [open, setOpen] = useState<LedgerRecipient | null>(null);
  const [retrying, setRetrying] = useState(false);
  const answer = answerWords(filter);
  const { failed, unknown } = campaign.counts;
  const canRetry = useCan('editor') && RETRIABLE.includes(campaign.state) && failed + unknown > 0;
  return (
    <section className={styles.section} aria-labelledby="recipients-title">
      <div className={styles.tools}>
        <h2 id="recipients-title">{words.title}</h2>
        {answer === '' ? null : <FilterPill label={answer} onRemove={() => onFilter({ class: null, code: null })} />}
        {filter.variant === null ? null : (
          <FilterPill label={words.variant({ name: filter.variant })} onRemove={() => onFilter({ variant: null })} />
        )}
        <SearchField label={words.search} value={filter.email} onSearch={(email) => onFilter({ email })} />
        {canRetry ? (
          <Button onClick={() => setRetrying(true)}>
            <Icon name="refresh" />
            {words.retry({ count: failed })}
          </Button>
        ) : null}
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
      <RetryDialog campaign={campaign} filter={filter} opened={retrying} onClose={() => setRetrying(false)} />
    </section>
  );
}

interface FoundProps {
  readonly campaign: CampaignDetail;
  readonly filter: RecipientFilter;
  readonly onOpen: (recipient: LedgerRecipient) => void;
}

function Found({ campaign, filter, onOpen }: FoundProps) {
  const { counts } = campaign;
  const total = filter.state ? counts[filter.state] : RECIPIENT_STATES.reduce((sum, state) => sum + counts[state], 0);
  const rows = useLedgerRows(campaign.id, filter, total);
  if (rows.isPending) return <RecipientsSkeleton />;
  if (rows.error) return <ProblemNote error={rows.error} onRetry={rows.refresh} />;
  return (
    <>
      <Changed campaign={campaign} readAt={rows.readAt} onRefresh={rows.refresh} />
      {rows.count === 0 ? (
        <p className={styles.none}>{campaign.total === 0 ? words.noneYet : words.none}</p>
      ) : (
        <RecipientTable key={JSON.stringify(filter)} rows={rows} onOpen={onOpen} />
      )}
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
      <Button
        onClick={() => {
          onRefresh();
          setRead({ readAt, standing });
        }}
      >
        <Icon name="refresh" />
        {words.refresh}
      </Button>
    </p>
  );
}

function RecipientsSkeleton() {
  return (
    <div role="status" aria-label={words.loading} className={styles.bones}>
      {BONES.map((bone) => (
        <Skeleton key={bone} width="60%" />
      ))}
    </div>
  );
}
