import { TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { SecondFactorDue } from '../../../../../src/contract/auth.ts';
import { Button } from '../../../components/button.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { useFinishLogIn } from '../api/finish-log-in.ts';
import { strings } from '../strings.ts';
import styles from './door.module.css';

type Factor = SecondFactorDue['secondFactor'][number];

/** Asks for a code, a passkey or a recovery code: what the person has, the handiest first. */
export function SecondFactorForm({ due }: { due: SecondFactorDue }) {
  const { ticket, secondFactor } = due;
  const [factor, setFactor] = useState<Factor>(secondFactor[0] ?? 'totp');
  const [text, setText] = useState('');
  const finish = useFinishLogIn();
  const words = strings.second;
  const choose = (other: Factor) => {
    setFactor(other);
    setText('');
    finish.reset();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (factor === 'passkey') finish.mutate({ ticket, passkey: true });
    else finish.mutate({ ticket, ...(factor === 'totp' ? { totp: text } : { recoveryCode: text }) });
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      {finish.error ? <ProblemNote error={finish.error} /> : null}
      <p>{words[factor]}</p>
      {factor === 'passkey' ? null : (
        <TextInput
          key={factor}
          label={factor === 'totp' ? words.code : words.recoveryCode}
          className={styles.code ?? ''}
          inputMode={factor === 'totp' ? 'numeric' : 'text'}
          autoComplete="one-time-code"
          autoFocus
          spellCheck={false}
          required
          withAsterisk={false}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      )}
      <Button type="submit" kind="primary" busy={finish.isPending}>
        {factor === 'passkey' ? words.usePasskey : words.submit}
      </Button>
      {secondFactor
        .filter((other) => other !== factor)
        .map((other) => (
          <Button key={other} kind="quiet" onClick={() => choose(other)}>
            {words.instead[other]}
          </Button>
        ))}
    </form>
  );
}
