import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { Overview } from '../../../../../src/contract/overview.ts';
import { Button } from '../../../components/button.tsx';
import { CopyText } from '../../../components/copy-text.tsx';
import { Drawing } from '../../../components/drawings.tsx';
import { Icon } from '../../../components/icon.tsx';
import { LinkButton } from '../../../components/link-button.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { useCan } from '../../../lib/access.ts';
import { useTestMailbox } from '../api/test-mailbox.ts';
import { strings } from '../strings.ts';
import styles from './overview.module.css';

interface FirstStepsProps {
  readonly steps: Overview['steps'];
  /** Of the built-in mailbox; null where there is none: then the first step is an account. */
  readonly mailboxAccountId: string | null;
  readonly hasAccount: boolean;
}

/** Before anything was sent: how to get there, each step ticked when it is done. */
export function FirstSteps({ steps, mailboxAccountId, hasAccount }: FirstStepsProps) {
  const words = strings.steps;
  const isEditor = useCan('editor');
  return (
    <section className={styles.card} aria-labelledby="first-steps">
      <Drawing name="letter" />
      <h2 id="first-steps">{words.title}</h2>
      <p className="muted">{words.lead}</p>
      <ol className={styles.steps}>
        {mailboxAccountId === null ? (
          <AccountStep isDone={hasAccount} />
        ) : (
          <MailboxStep isDone={steps.mailbox} accountId={mailboxAccountId} />
        )}
        <Step number={2} isDone={steps.contacts} {...words.contacts}>
          {isEditor ? <LinkButton to="/imports?new">{words.contacts.act}</LinkButton> : null}
        </Step>
        <Step number={3} isDone={steps.campaign} {...words.campaign}>
          {isEditor ? <LinkButton to="/campaigns/new">{words.campaign.act}</LinkButton> : null}
        </Step>
      </ol>
      <details className={styles.api}>
        <summary>{words.api}</summary>
        <Commands />
      </details>
    </section>
  );
}

function MailboxStep({ isDone, accountId }: { isDone: boolean; accountId: string }) {
  const test = useTestMailbox(accountId);
  const canTest = useCan('admin');
  const words = strings.steps.mailbox;
  const refusal = test.data?.sent === false ? test.data.response : null;
  return (
    <Step number={1} isDone={isDone} title={words.title} words={isDone ? words.sent : words.words} problem={test.error}>
      {isDone ? <Link to="/mailbox">{words.see}</Link> : null}
      {!isDone && canTest ? (
        <Button kind="primary" busy={test.isPending} onClick={() => test.mutate()}>
          {words.act}
        </Button>
      ) : null}
      {refusal}
    </Step>
  );
}

function AccountStep({ isDone }: { isDone: boolean }) {
  const words = strings.steps.account;
  return (
    <Step number={1} isDone={isDone} {...words}>
      {useCan('admin') ? <LinkButton to="/accounts?new">{words.act}</LinkButton> : null}
    </Step>
  );
}

interface StepProps {
  readonly number: number;
  readonly isDone: boolean;
  readonly title: string;
  readonly words: string;
  readonly problem?: unknown;
  /** The button that does it. */
  readonly children: ReactNode;
}

function Step({ number, isDone, title, words, problem, children }: StepProps) {
  return (
    <li className={styles.step}>
      <span className={styles.number} data-done={isDone || undefined}>
        {isDone ? <Icon name="check" /> : number}
        <span className="unseen">{isDone ? strings.steps.done : strings.steps.open}</span>
      </span>
      <div className={styles.what}>
        <h3>{title}</h3>
        <p className="muted">{words}</p>
      </div>
      <div>{children}</div>
      {problem ? (
        <div className={styles.problem}>
          <ProblemNote error={problem} />
        </div>
      ) : null}
    </li>
  );
}

/** They work as they stand. */
function Commands() {
  const { origin } = window.location;
  const words = strings.steps;
  return (
    <div className={styles.commands}>
      <p className="muted">{words.key}</p>
      <CopyText label={words.keyLabel} text="KEY=$(npx postrider api-key create --name shell)" />
      <p className="muted">{words.contacts.title}</p>
      <CopyText label={words.importLabel} text={importCommand(origin)} />
      <p className="muted">{words.campaign.title}</p>
      <CopyText label={words.sendLabel} text={sendCommand(origin)} />
    </div>
  );
}

function importCommand(origin: string): string {
  return `curl ${origin}/api/queue/leads/import \\
  -H "Authorization: Bearer $KEY" -H "Content-Type: application/json" \\
  -d '{"listName": "News", "leads": [{"email": "ada@example.com", "firstName": "Ada"}]}'`;
}

function sendCommand(origin: string): string {
  return `curl ${origin}/api/campaigns/send \\
  -H "Authorization: Bearer $KEY" -H "Content-Type: application/json" \\
  -d '{"subject": "Hello {{firstName}}", "htmlContent": "<p>Hi {{firstName}}, it works.</p>",
       "from": "News <news@example.com>",
       "audience": [{"email": "ada@example.com", "firstName": "Ada"}]}'`;
}
