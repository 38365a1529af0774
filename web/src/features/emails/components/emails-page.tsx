import { NativeSelect } from '@mantine/core';
import { Link, useSearchParams } from 'react-router';
import type { EmailSummary } from '../../../../../src/contract/emails.ts';
import { RECIPIENT_STATES, type RecipientState } from '../../../../../src/contract/states.ts';
import { Card } from '../../../components/card.tsx';
import { CopyText } from '../../../components/copy-text.tsx';
import type { Column } from '../../../components/data-table.tsx';
import { Drawing } from '../../../components/drawings.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { FilterTabs } from '../../../components/filter-tabs.tsx';
import { Moment } from '../../../components/moment.tsx';
import page from '../../../components/page.module.css';
import { PageHead } from '../../../components/page-head.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { lookOf } from '../../../components/recipient-states.ts';
import { SearchField } from '../../../components/search-field.tsx';
import { StateMark } from '../../../components/state-mark.tsx';
import { VirtualTable } from '../../../components/virtual-table.tsx';
import { usePageTitle } from '../../../lib/page-title.ts';
import { useEmails } from '../api/list-emails.ts';
import { strings } from '../strings.ts';
import styles from './emails.module.css';

const HOUR_MS = 3_600_000;
const TIMES = { any: 0, hour: HOUR_MS, day: 24 * HOUR_MS, week: 7 * 24 * HOUR_MS } as const;
type Time = keyof typeof TIMES;

/** Every single email of the workspace; which of them stands in the address. */
export function EmailsPage() {
  const [params, setParams] = useSearchParams();
  usePageTitle(strings.title);
  const read = (name: string) => params.get(name) ?? '';
  const state = RECIPIENT_STATES.find((one) => one === read('state')) ?? null;
  const time = (Object.keys(TIMES) as Time[]).find((one) => one === read('since')) ?? 'any';
  const recipient = read('q');
  const paramsWith = (name: string, value: string) => {
    const changed = new URLSearchParams(params);
    if (value === '') changed.delete(name);
    else changed.set(name, value);
    return changed;
  };
  const set = (name: string, value: string) => setParams(paramsWith(name, value), { replace: true });
  const isNarrowed = state !== null || recipient !== '' || time !== 'any';
  const emails = useEmails({ state: state ?? '', recipient, since: sinceOf(time) });
  const tab = (id: RecipientState | null) => ({
    id: id ?? 'all',
    label: id === null ? strings.all : lookOf(id).word,
    to: `?${paramsWith('state', id ?? '')}`,
  });
  return (
    <div className={page.page}>
      <PageHead title={strings.title} lead={strings.lead} />
      {emails.isEmpty && !isNarrowed ? (
        <NothingYet />
      ) : (
        <>
          <FilterTabs label={strings.tabs} tabs={[null, ...RECIPIENT_STATES].map(tab)} current={state ?? 'all'} />
          <div className={styles.tools}>
            <SearchField label={strings.search} value={recipient} onSearch={(text) => set('q', text)} />
            <NativeSelect
              size="xs"
              aria-label={strings.since}
              data={(Object.keys(TIMES) as Time[]).map((value) => ({ value, label: strings.times[value] }))}
              value={time}
              onChange={({ currentTarget: { value } }) => set('since', value === 'any' ? '' : value)}
            />
          </div>
          <Found emails={emails} state={state} />
        </>
      )}
    </div>
  );
}

function Found({ emails, state }: { emails: ReturnType<typeof useEmails>; state: RecipientState | null }) {
  if (emails.error) return <ProblemNote error={emails.error} onRetry={emails.retry} />;
  return (
    <Card flush>
      {emails.isEmpty ? (
        <p className={styles.none}>{strings.noneFound}</p>
      ) : (
        <VirtualTable
          label={strings.table}
          columns={columnsOf(state)}
          count={emails.isPending ? 12 : emails.count}
          rowAt={emails.rowAt}
          keyOf={({ id }) => id}
          onShow={emails.onShow}
          height="calc(100dvh - 300px)"
        />
      )}
    </Card>
  );
}

function NothingYet() {
  return (
    <Card>
      <EmptyState drawing={<Drawing name="letter" />} title={strings.empty.title}>
        {strings.empty.text}
      </EmptyState>
      <CopyText text={strings.empty.example({ url: window.location.origin })} label={strings.empty.title} />
    </Card>
  );
}

/** To the minute, so that the list is not another one at every look. */
function sinceOf(time: Time): string {
  if (time === 'any') return '';
  return new Date(Math.floor((Date.now() - TIMES[time]) / 60_000) * 60_000).toISOString();
}

function columnsOf(state: RecipientState | null): Array<Column<EmailSummary>> {
  const words = strings.columns;
  return [
    {
      id: 'to',
      header: words.to,
      width: 'minmax(120px, 1fr)',
      cell: (email) => <Recipients email={email} state={state} />,
    },
    {
      id: 'subject',
      header: words.subject,
      width: 'minmax(120px, 1.4fr)',
      wide: true,
      cell: ({ subject }) => <span className={styles.cut}>{subject}</span>,
    },
    { id: 'state', header: words.state, width: 124, cell: (email) => <State email={email} state={state} /> },
    {
      id: 'from',
      header: words.from,
      width: 'minmax(100px, 0.8fr)',
      wide: true,
      cell: ({ from }) => <span className={`muted ${styles.cut}`}>{from}</span>,
    },
    {
      id: 'accepted',
      header: words.accepted,
      width: 120,
      wide: true,
      cell: ({ createdAt }) => (
        <span className="muted">
          <Moment iso={createdAt} />
        </span>
      ),
    },
  ];
}

const TROUBLE = ['failed', 'unknown', 'deferred'];

/** The recipient that fits the view; else one that somebody should look at, or the first. */
function shownOf({ recipients }: EmailSummary, state: RecipientState | null) {
  const wanted = recipients.find((one) => one.state === state);
  return wanted ?? recipients.find((one) => TROUBLE.includes(one.state)) ?? recipients[0];
}

function Recipients({ email, state }: { email: EmailSummary; state: RecipientState | null }) {
  const shown = shownOf(email, state);
  const more = email.recipients.length - 1;
  const to = shown?.email ?? email.id;
  return (
    <Link
      to={`/emails/${email.id}`}
      className={styles.to ?? ''}
      aria-label={strings.open({ subject: email.subject, to })}
    >
      <span className={styles.cut}>{to}</span>
      {more > 0 ? <span className={styles.more}>{strings.more({ count: more })}</span> : null}
    </Link>
  );
}

function State({ email, state }: { email: EmailSummary; state: RecipientState | null }) {
  const shown = RECIPIENT_STATES.find((one) => one === shownOf(email, state)?.state);
  if (email.state === 'delayed' && shown === 'pending') return <span className="muted">{strings.states.delayed}</span>;
  return shown ? <StateMark state={shown} /> : null;
}
