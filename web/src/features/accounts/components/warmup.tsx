import { NumberInput } from '@mantine/core';
import { useState } from 'react';
import type { Account } from '../../../../../src/contract/accounts.ts';
import { Button } from '../../../components/button.tsx';
import { FormDialog } from '../../../components/dialog.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { toasts } from '../../../components/toast-store.ts';
import { useCan } from '../../../lib/access.ts';
import { useSaveAccount } from '../api/save-account.ts';
import { strings } from '../strings.ts';
import styles from './accounts.module.css';

/** As the server has them where nothing is named. */
const USUAL = { startPerDay: 50, growthPercent: 30, targetPerDay: 10_000 };

/** A slow beginning: what it allows today, and its switch. */
export function Warmup({ account }: { account: Account }) {
  const canChange = useCan('admin');
  const [isOpen, setOpen] = useState(false);
  const save = useSaveAccount();
  const words = strings.warmup;
  const { id, name, warmup } = account;
  const end = () => save.mutate({ id, body: { warmup: null } }, { onSuccess: () => toasts.say(words.ended({ name })) });
  return (
    <section className={styles.warmup} aria-label={words.title}>
      <h3>{words.title}</h3>
      <p className={warmup ? 'numbers' : 'muted'}>{wordsOf(warmup)}</p>
      {save.error ? <ProblemNote error={save.error} /> : null}
      {canChange ? (
        <Button busy={save.isPending} onClick={warmup ? end : () => setOpen(true)}>
          {warmup ? words.end : words.begin}
        </Button>
      ) : null}
      <BeginDialog account={account} opened={isOpen} onClose={() => setOpen(false)} />
    </section>
  );
}

function wordsOf(warmup: Account['warmup']): string {
  const words = strings.warmup;
  if (!warmup) return words.off;
  const { day, todayPerDay: today, growthPercent: growth, targetPerDay: target, isDone } = warmup;
  return isDone ? words.done({ target }) : words.today({ day, today, growth, target });
}

interface BeginDialogProps {
  readonly account: Account;
  readonly opened: boolean;
  readonly onClose: () => void;
}

function BeginDialog({ account, opened, onClose }: BeginDialogProps) {
  const [fields, setFields] = useState(USUAL);
  const save = useSaveAccount();
  const words = strings.warmup;
  const onSubmit = () =>
    save.mutate(
      { id: account.id, body: { warmup: fields } },
      {
        onSuccess: () => {
          toasts.say(words.begun({ name: account.name }));
          onClose();
        },
      },
    );
  const number = (field: keyof typeof USUAL) => (
    <NumberInput
      label={words[field]}
      min={1}
      allowDecimal={false}
      value={fields[field]}
      onChange={(value) => setFields((before) => ({ ...before, [field]: Number(value) || 1 }))}
    />
  );
  return (
    <FormDialog
      opened={opened}
      onClose={onClose}
      title={words.dialog({ name: account.name })}
      submit={words.begin}
      busy={save.isPending}
      error={save.error}
      onSubmit={onSubmit}
    >
      <p className="muted">{words.hint}</p>
      {number('startPerDay')}
      {number('growthPercent')}
      {number('targetPerDay')}
    </FormDialog>
  );
}
