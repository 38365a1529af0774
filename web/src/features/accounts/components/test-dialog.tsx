import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import type { Account } from '../../../../../src/contract/accounts.ts';
import { FormDialog } from '../../../components/dialog.tsx';
import { StatusMark } from '../../../components/status-mark.tsx';
import { useTestAccount } from '../api/test-account.ts';
import { strings } from '../strings.ts';
import styles from './accounts.module.css';

interface TestDialogProps {
  readonly account: Account;
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** One message to an address of one's own, and what the server said to it. */
export function TestDialog({ account, opened, onClose }: TestDialogProps) {
  const [to, setTo] = useState('');
  const [from, setFrom] = useState('');
  const test = useTestAccount(account.id);
  const words = strings.testing;
  const close = () => {
    test.reset();
    onClose();
  };
  return (
    <FormDialog
      opened={opened}
      onClose={close}
      title={words.title({ name: account.name })}
      submit={words.submit}
      busy={test.isPending}
      error={test.error}
      onSubmit={() => test.mutate({ to: to.trim(), ...(from.trim() === '' ? {} : { from: from.trim() }) })}
    >
      <p className="muted">{words.words}</p>
      <TextInput
        label={words.to}
        type="email"
        required
        data-autofocus
        value={to}
        onChange={(event) => setTo(event.currentTarget.value)}
      />
      <TextInput
        label={words.from}
        description={words.fromHint}
        value={from}
        onChange={(event) => setFrom(event.currentTarget.value)}
      />
      {test.data ? (
        <div className={styles.report} role="status">
          <StatusMark tone={test.data.sent ? 'good' : 'bad'} word={test.data.sent ? words.sent : words.refused} />
          <p className={`mono ${styles.answer}`}>{test.data.response}</p>
          {account.isSandbox && test.data.sent ? <Link to="/mailbox">{words.inMailbox}</Link> : null}
        </div>
      ) : null}
    </FormDialog>
  );
}
