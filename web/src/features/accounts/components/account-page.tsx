import { Fragment, useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import type { Account } from '../../../../../src/contract/accounts.ts';
import { ActionMenu } from '../../../components/action-menu.tsx';
import { Button } from '../../../components/button.tsx';
import { Card } from '../../../components/card.tsx';
import { type Column, DataTable } from '../../../components/data-table.tsx';
import { Meter } from '../../../components/meter.tsx';
import { Moment } from '../../../components/moment.tsx';
import page from '../../../components/page.module.css';
import { PageHead } from '../../../components/page-head.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { useCan } from '../../../lib/access.ts';
import { useClock } from '../../../lib/clock.ts';
import { countText } from '../../../lib/numbers.ts';
import { usePageTitle } from '../../../lib/page-title.ts';
import { withLocalTimes } from '../../../lib/times.ts';
import { type KindField, kindOf, placeOf } from '../account-kinds.ts';
import { useCheckAccount } from '../api/check-account.ts';
import { useAccount } from '../api/get-account.ts';
import { useAccountUse } from '../api/get-use.ts';
import { windowsOf } from '../limit-use.ts';
import { strings } from '../strings.ts';
import { useAccountActions } from '../use-account-actions.ts';
import { AccountState } from './account-state.tsx';
import styles from './accounts.module.css';
import { CheckReport } from './check-report.tsx';
import { EditAccountDialog } from './edit-account-dialog.tsx';
import { TestDialog } from './test-dialog.tsx';
import { Warmup } from './warmup.tsx';
import { WebhookCard } from './webhook-card.tsx';
import { WorkspaceUsers } from './workspace-users.tsx';

/** One way out: how it stands, what it used, and what can be done about it. */
export function AccountPage() {
  const { id = '' } = useParams();
  const account = useAccount(id);
  usePageTitle(account.data?.name ?? strings.title);
  if (account.isError) return <ProblemNote error={account.error} onRetry={() => void account.refetch()} />;
  if (account.isPending) return <Skeleton width={240} height={28} />;
  return <Loaded account={account.data} />;
}

function Loaded({ account }: { account: Account }) {
  const check = useCheckAccount();
  return (
    <div className={page.page}>
      <Head account={account} onCheck={() => check.mutate({ id: account.id })} isChecking={check.isPending} />
      {check.isPending || check.data ? <CheckReport report={check.data ?? null} /> : null}
      {check.error ? <ProblemNote error={check.error} /> : null}
      <div className={page.columns}>
        <Card title={strings.page.standing}>
          <Standing account={account} />
        </Card>
        <Card title={strings.page.limits}>
          <Limits account={account} />
          {account.isSandbox ? null : <Warmup account={account} />}
        </Card>
        <Card title={strings.page.server}>
          <Server account={account} />
          <Tuning account={account} />
        </Card>
      </div>
      {account.users === null ? null : <WorkspaceUsers account={account} />}
      <DomainLimits account={account} />
      <WebhookCard account={account} />
    </div>
  );
}

interface HeadProps {
  readonly account: Account;
  readonly onCheck: () => void;
  readonly isChecking: boolean;
}

function Head({ account, onCheck, isChecking }: HeadProps) {
  const canChange = useCan('admin');
  const navigate = useNavigate();
  const [dialog, setDialog] = useState<'edit' | 'test' | null>(null);
  const { actions, toggle, isMoving } = useAccountActions(account, () => void navigate('/accounts'));
  const close = () => setDialog(null);
  const lead = account.isSandbox ? strings.sandbox : <span className="mono">{placeOf(account)}</span>;
  if (!canChange) return <PageHead title={account.name} lead={lead} />;
  return (
    <>
      <PageHead title={account.name} lead={lead}>
        <Button busy={isChecking} onClick={onCheck}>
          {strings.check}
        </Button>
        <Button onClick={() => setDialog('test')}>{strings.test}</Button>
        <Button busy={isMoving} onClick={toggle}>
          {account.state === 'active' ? strings.pause : strings.resume}
        </Button>
        <Button onClick={() => setDialog('edit')}>{strings.edit}</Button>
        <ActionMenu actions={actions.filter(({ danger }) => danger)} />
      </PageHead>
      <EditAccountDialog account={account} opened={dialog === 'edit'} onClose={close} />
      <TestDialog account={account} opened={dialog === 'test'} onClose={close} />
    </>
  );
}

function Standing({ account }: { account: Account }) {
  const { health, state, stateReason } = account;
  const clock = useClock();
  const words = strings.page;
  const reason = stateReason ?? health.message;
  return (
    <>
      <AccountState account={account} />
      {reason === null ? (
        <p className="muted">{state === 'paused' ? words.pausedWords : words.fine}</p>
      ) : (
        <p className={`mono ${styles.answer}`}>{withLocalTimes(reason, clock)}</p>
      )}
      {health.ratePerMinute === null ? null : (
        <p>{words.rate({ rate: countText(Math.round(health.ratePerMinute)) })}</p>
      )}
      {health.until === null ? null : (
        <p className="muted">
          {words.until} <Moment iso={health.until} />
        </p>
      )}
      <p className={styles.note}>
        {words.authentication} <Link to="/domains">{words.toDomains}</Link>
      </p>
    </>
  );
}

function Limits({ account }: { account: Account }) {
  const use = useAccountUse().get(account.id);
  return (
    <div className={styles.meters}>
      {windowsOf(account, use).map(({ id, used, limit }) => (
        <Meter key={id} label={strings.windows[id]} used={used} limit={limit} />
      ))}
    </div>
  );
}

const KIND_FIELDS: readonly KindField[] = ['region', 'domain', 'stream', 'adminEmail', 'endpoint'];

function Server({ account }: { account: Account }) {
  const words = strings.page;
  const kind = kindOf(account.type);
  return (
    <dl className={styles.facts}>
      {kind === null ? (
        <>
          <dt className="muted">{strings.form.host}</dt>
          <dd className="mono">{placeOf(account)}</dd>
          <dt className="muted">{strings.form.secure}</dt>
          <dd>{strings.form[account.secure as 'starttls' | 'tls' | 'none']}</dd>
        </>
      ) : (
        <>
          <dt className="muted">{words.over}</dt>
          <dd>{strings.providers[account.type as 'resend' | 'ses' | 'sendgrid' | 'mailgun' | 'postmark' | 'gmail']}</dd>
        </>
      )}
      {KIND_FIELDS.filter((name) => account[name] !== null).map((name) => (
        <Fragment key={name}>
          <dt className="muted">{strings.form[name]}</dt>
          <dd className="mono">{account[name]}</dd>
        </Fragment>
      ))}
      <dt className="muted">{words.login}</dt>
      <dd>{account.hasCredentials ? words.loginStored : words.loginNone}</dd>
      <dt className="muted">{strings.form.from}</dt>
      <dd>{account.from ?? strings.noFrom}</dd>
      <dt className="muted">{words.added}</dt>
      <dd>
        <Moment iso={account.createdAt} />
      </dd>
    </dl>
  );
}

function Tuning({ account }: { account: Account }) {
  const words = strings.page;
  const perConnection = account.maxMessagesPerConnection;
  return (
    <dl className={`${styles.facts} numbers`}>
      <dt className="muted">{strings.form.maxConnections}</dt>
      <dd>{countText(account.maxConnections)}</dd>
      {kindOf(account.type) === null ? (
        <>
          <dt className="muted">{strings.form.maxMessagesPerConnection}</dt>
          <dd>{perConnection === 0 ? words.unlimited : countText(perConnection)}</dd>
        </>
      ) : null}
      <dt className="muted">{words.batches}</dt>
      <dd>{words.batchWords({ size: account.batchSize, delay: account.batchDelayMs })}</dd>
      <dt className="muted">{strings.form.weight}</dt>
      <dd>{countText(account.weight)}</dd>
      {account.serverGroup === null ? null : (
        <>
          <dt className="muted">{words.group}</dt>
          <dd>{account.serverGroup}</dd>
        </>
      )}
    </dl>
  );
}

type DomainLimit = Account['domainLimits'][number];

function DomainLimits({ account }: { account: Account }) {
  if (account.domainLimits.length === 0) return null;
  const words = strings.limitWords;
  const limit = (name: 'perSecond' | 'perMinute' | 'perHour' | 'perDay'): Column<DomainLimit> => ({
    id: name,
    header: words[name],
    align: 'end',
    cell: (row) => (row[name] ? countText(row[name]) : ''),
  });
  const columns: Array<Column<DomainLimit>> = [
    { id: 'domain', header: strings.page.domain, cell: ({ domain }) => domain },
    limit('perSecond'),
    limit('perMinute'),
    limit('perHour'),
    limit('perDay'),
  ];
  return (
    <Card title={strings.page.domains} flush>
      <DataTable
        label={strings.page.domains}
        columns={columns}
        rows={account.domainLimits}
        keyOf={({ domain }) => domain}
      />
    </Card>
  );
}
