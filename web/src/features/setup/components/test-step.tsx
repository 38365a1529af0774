import { TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { Link } from 'react-router';
import type { Account } from '../../../../../src/contract/accounts.ts';
import { Button } from '../../../components/button.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { StatusMark } from '../../../components/status-mark.tsx';
import { useAccountChoice } from '../api/get-accounts.ts';
import { useSendTest } from '../api/send-test.ts';
import { strings } from '../strings.ts';
import styles from './setup.module.css';

interface TestStepProps {
  /** Null: the built-in mailbox, or whichever there is. */
  readonly accountId: string | null;
  readonly to: string;
  readonly onDone: () => void;
}

/** One message to oneself, and what the server said to it. */
export function TestStep({ accountId, to, onDone }: TestStepProps) {
  const accounts = useAccountChoice();
  const items = accounts.data?.items ?? [];
  const account = items.find(({ id }) => id === accountId) ?? items.find(({ isSandbox }) => isSandbox) ?? items[0];
  return (
    <section className={styles.card} aria-labelledby="setup-test">
      <h2 id="setup-test">{strings.test.title}</h2>
      {accounts.error ? <ProblemNote error={accounts.error} onRetry={() => void accounts.refetch()} /> : null}
      {accounts.isPending ? <Skeleton width="60%" height={36} /> : null}
      {account ? (
        <TestForm account={account} before={to} onDone={onDone} />
      ) : accounts.isSuccess ? (
        <div className={styles.buttons}>
          <Button onClick={onDone}>{strings.test.skip}</Button>
        </div>
      ) : null}
    </section>
  );
}

function TestForm({ account, before, onDone }: { account: Account; before: string; onDone: () => void }) {
  const words = strings.test;
  const test = useSendTest(account.id);
  const [to, setTo] = useState(before);
  const [from, setFrom] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    test.mutate({ to: to.trim(), ...(from.trim() === '' ? {} : { from: from.trim() }) });
  };
  return (
    <form className={styles.column} onSubmit={submit}>
      <p>{words.words({ account: account.name })}</p>
      <div className={styles.pair}>
        <TextInput
          label={words.to}
          type="email"
          required
          withAsterisk={false}
          value={to}
          onChange={(event) => setTo(event.currentTarget.value)}
        />
        <TextInput
          label={words.from}
          description={words.fromHint}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          value={from}
          onChange={(event) => setFrom(event.currentTarget.value)}
        />
      </div>
      {test.error ? <ProblemNote error={test.error} /> : null}
      {test.data ? (
        <div role="status" className={styles.answer}>
          <StatusMark tone={test.data.sent ? 'good' : 'bad'} word={test.data.sent ? words.sent : words.refused} />
          <p className="mono">{test.data.response}</p>
          {account.isSandbox && test.data.sent ? <Link to="/mailbox">{words.mailbox}</Link> : null}
        </div>
      ) : null}
      <div className={styles.buttons}>
        <Button kind={test.data?.sent ? 'primary' : 'default'} onClick={onDone}>
          {test.data?.sent ? words.next : words.skip}
        </Button>
        <Button type="submit" kind={test.data?.sent ? 'default' : 'primary'} busy={test.isPending}>
          {words.submit}
        </Button>
      </div>
    </form>
  );
}
