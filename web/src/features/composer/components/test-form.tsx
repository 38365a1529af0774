import { NativeSelect, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { Button } from '../../../components/button.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { StatusMark } from '../../../components/status-mark.tsx';
import { useTestSend } from '../api/review.ts';
import { strings } from '../strings.ts';
import type { Composer } from '../use-composer.ts';
import styles from './composer.module.css';

const words = strings.review;

/** Sends the message as it stands to a few addresses, and shows what the server said to each. */
export function TestForm({ composer }: { composer: Composer }) {
  const [to, setTo] = useState('');
  const { draft, variants } = composer;
  const [chosen, setChosen] = useState('');
  const variant = variants.find(({ name }) => name === chosen)?.name ?? variants[0]?.name;
  const test = useTestSend(draft.id);
  const send = (event: FormEvent) => {
    event.preventDefault();
    const addresses = to.split(/[\s,;]+/).filter((address) => address !== '');
    void composer.flush().then(
      () => test.mutate({ to: addresses, ...(variant === undefined ? {} : { variant }) }),
      () => {}, // the head of the page tells why it could not be saved
    );
  };
  return (
    <form className={styles.group} onSubmit={send}>
      <h2>{words.test}</h2>
      <TextInput
        label={words.testTo}
        description={words.testHint}
        required
        value={to}
        onChange={(event) => setTo(event.currentTarget.value)}
      />
      {variant === undefined ? null : (
        <NativeSelect
          label={strings.variants.variant}
          value={variant}
          data={variants.map(({ name }) => name)}
          onChange={(event) => setChosen(event.currentTarget.value)}
        />
      )}
      <div>
        <Button type="submit" busy={test.isPending}>
          {words.testSend}
        </Button>
      </div>
      {test.error ? <ProblemNote error={test.error} /> : null}
      <div role="status">
        <ul>
          {test.data?.results.map(({ email, sent, response }) => (
            <li key={email} className={styles.count}>
              <StatusMark tone={sent ? 'good' : 'bad'} word={sent ? words.testSent : words.testRefused} /> {email}
              <span className="mono muted">{response}</span>
            </li>
          ))}
        </ul>
      </div>
    </form>
  );
}
