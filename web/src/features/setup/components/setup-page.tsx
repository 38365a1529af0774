import { type ReactNode, useState } from 'react';
import { Navigate, useSearchParams } from 'react-router';
import type { Me } from '../../../../../src/contract/auth.ts';
import { Icon } from '../../../components/icon.tsx';
import { Mark } from '../../../components/mark.tsx';
import { usePageTitle } from '../../../lib/page-title.ts';
import { strings } from '../strings.ts';
import { DoneStep } from './done-step.tsx';
import { OwnerStep } from './owner-step.tsx';
import styles from './setup.module.css';
import { TestStep } from './test-step.tsx';

const STEPS = ['owner', 'account', 'test', 'done'] as const;
type Step = (typeof STEPS)[number];

interface SetupPageProps {
  readonly me: Me;
  /** The step of the sending account: told its id, or null for who stays with the built-in mailbox. */
  readonly account: (onDone: (accountId: string | null) => void) => ReactNode;
}

/** The first start, step by step. Where one is stands in the address. */
export function SetupPage({ me, account }: SetupPageProps) {
  usePageTitle(strings.title);
  const [params, setParams] = useSearchParams();
  const named = STEPS.find((step) => step === params.get('step'));
  const [wasDone] = useState(me.setupDone);
  // Nobody goes on before the workspace has an owner; and nobody begins anew.
  if (wasDone && (named === undefined || named === 'owner')) return <Navigate to="/" replace />;
  const step: Step = me.setupDone && named ? named : 'owner';
  const goTo = (next: Step, accountId?: string | null) =>
    setParams({ step: next, ...(accountId ? { account: accountId } : {}) });
  return (
    <main className={styles.page}>
      <div className={styles.column}>
        <header className={styles.head}>
          <Mark size={32} />
          <h1>{strings.title}</h1>
          <p className="muted">{strings.lead}</p>
          <Steps current={step} />
        </header>
        {step === 'owner' ? <OwnerStep onDone={() => goTo('account')} /> : null}
        {step === 'account' ? account((id) => goTo('test', id)) : null}
        {step === 'test' ? (
          <TestStep accountId={params.get('account')} to={me.user?.email ?? ''} onDone={() => goTo('done')} />
        ) : null}
        {step === 'done' ? <DoneStep /> : null}
      </div>
    </main>
  );
}

function Steps({ current }: { current: Step }) {
  const at = STEPS.indexOf(current);
  return (
    <ol className={styles.steps} aria-label={strings.stepsLabel}>
      {STEPS.map((step, i) => (
        <li key={step} className={styles.step} aria-current={step === current ? 'step' : undefined}>
          <Icon name={i < at ? 'check' : 'dotted'} />
          {strings.steps[step]}
          {i < at ? <span className="unseen">{strings.stepDone}</span> : null}
        </li>
      ))}
    </ol>
  );
}
