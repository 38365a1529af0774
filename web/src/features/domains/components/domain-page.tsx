import { useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import type { Domain } from '../../../../../src/contract/domains.ts';
import { ActionMenu } from '../../../components/action-menu.tsx';
import { Button } from '../../../components/button.tsx';
import { Card } from '../../../components/card.tsx';
import { FormDialog } from '../../../components/dialog.tsx';
import { Moment } from '../../../components/moment.tsx';
import page from '../../../components/page.module.css';
import { PageHead } from '../../../components/page-head.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { StatusMark } from '../../../components/status-mark.tsx';
import { toasts } from '../../../components/toast-store.ts';
import { useUndoableDelete } from '../../../components/use-undoable-delete.ts';
import { useCan } from '../../../lib/access.ts';
import { usePageTitle } from '../../../lib/page-title.ts';
import { useActOnDomain } from '../api/act-on-domain.ts';
import { useDomain } from '../api/get-domain.ts';
import { byUrgency, lookOfDomain } from '../look.ts';
import { strings } from '../strings.ts';
import styles from './domains.module.css';
import { FindingRow } from './finding-row.tsx';
import { KeyTable } from './key-table.tsx';
import { RecordFields } from './record-fields.tsx';

/** One domain: what to set, what the DNS says, which keys it has. */
export function DomainPage() {
  const { id = '' } = useParams();
  const domain = useDomain(id);
  usePageTitle(domain.data?.domain ?? strings.title);
  if (domain.isError) return <ProblemNote error={domain.error} onRetry={() => void domain.refetch()} />;
  if (domain.isPending) return <Skeleton width={240} height={28} />;
  return <Loaded domain={domain.data} />;
}

function Loaded({ domain }: { domain: Domain }) {
  const findings = [...domain.findings].sort(byUrgency);
  return (
    <div className={page.page}>
      <Head domain={domain} />
      {domain.checkedAt === null ? <FirstRecords domain={domain} /> : null}
      {findings.length === 0 ? null : (
        <Card title={strings.page.findings}>
          <ul className={styles.findings}>
            {findings.map((finding) => (
              <FindingRow key={`${finding.check} ${finding.subject}`} finding={finding} />
            ))}
          </ul>
        </Card>
      )}
      <Card title={strings.page.keys} flush>
        <KeyTable domain={domain} />
      </Card>
    </div>
  );
}

/** Before the DNS was asked for the first time. */
function FirstRecords({ domain }: { domain: Domain }) {
  return (
    <Card title={strings.page.records}>
      <p className="muted">{strings.page.notChecked}</p>
      {domain.keys.map(({ id, record }) => (
        <RecordFields key={id} record={record} />
      ))}
    </Card>
  );
}

function Head({ domain }: { domain: Domain }) {
  const canChange = useCan('admin');
  const navigate = useNavigate();
  const [isRotating, setRotating] = useState(false);
  const check = useActOnDomain(domain.id, 'check');
  const { remove } = useUndoableDelete();
  const erase = () => {
    remove({
      path: `/api/domains/${domain.id}`,
      text: strings.deleted({ name: domain.domain }),
      queryKey: ['domains'],
    });
    void navigate('/domains');
  };
  const lead = (
    <span className={styles.lead}>
      <StatusMark {...lookOfDomain(domain)} />
      {domain.checkedAt === null ? null : (
        <span className="muted">
          {strings.page.checkedAt} <Moment iso={domain.checkedAt} />
        </span>
      )}
    </span>
  );
  if (!canChange) return <PageHead title={domain.domain} lead={lead} />;
  return (
    <>
      <PageHead title={domain.domain} lead={lead}>
        <Button kind="primary" busy={check.isPending} onClick={() => check.mutate()}>
          {strings.check}
        </Button>
        <Button onClick={() => setRotating(true)}>{strings.rotate}</Button>
        <ActionMenu
          label={strings.actionsFor({ name: domain.domain })}
          actions={[{ label: strings.delete, icon: 'trash', danger: true, onClick: erase }]}
        />
      </PageHead>
      {check.error ? <ProblemNote error={check.error} /> : null}
      <RotateDialog domain={domain} opened={isRotating} onClose={() => setRotating(false)} />
    </>
  );
}

interface RotateDialogProps {
  readonly domain: Domain;
  readonly opened: boolean;
  readonly onClose: () => void;
}

function RotateDialog({ domain, opened, onClose }: RotateDialogProps) {
  const rotate = useActOnDomain(domain.id, 'rotate');
  const check = useActOnDomain(domain.id, 'check');
  const words = strings.rotateDialog;
  const onSubmit = () =>
    rotate.mutate(undefined, {
      onSuccess: () => {
        toasts.say(words.done);
        onClose();
        check.mutate(); // its record stands among what is missing then
      },
    });
  return (
    <FormDialog
      opened={opened}
      onClose={onClose}
      title={words.title({ name: domain.domain })}
      submit={words.submit}
      busy={rotate.isPending}
      error={rotate.error}
      onSubmit={onSubmit}
    >
      <p>{words.words}</p>
    </FormDialog>
  );
}
