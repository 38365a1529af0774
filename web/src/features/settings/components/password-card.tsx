import { PasswordInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { Button } from '../../../components/button.tsx';
import { Card } from '../../../components/card.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { toasts } from '../../../components/toast-store.ts';
import { useChangePassword } from '../api/change-password.ts';
import { strings } from '../strings.ts';
import styles from './settings.module.css';

export function PasswordCard({ hasPassword, email }: { hasPassword: boolean; email: string }) {
  const words = strings.password;
  const change = useChangePassword();
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const onSuccess = () => {
      setCurrent('');
      setNext('');
      toasts.say(words.done);
    };
    change.mutate({ newPassword: next, ...(hasPassword ? { currentPassword: current } : {}) }, { onSuccess });
  };
  return (
    <Card title={words.title}>
      <form className={styles.form} onSubmit={submit}>
        {hasPassword ? null : <p className="muted">{words.none}</p>}
        {/* Password managers want to know whose it is. */}
        <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
        <div className={styles.pair}>
          {hasPassword ? (
            <PasswordInput
              label={words.current}
              autoComplete="current-password"
              required
              withAsterisk={false}
              value={current}
              onChange={(event) => setCurrent(event.currentTarget.value)}
            />
          ) : null}
          <PasswordInput
            label={words.next}
            autoComplete="new-password"
            required
            withAsterisk={false}
            value={next}
            onChange={(event) => setNext(event.currentTarget.value)}
          />
        </div>
        <p className="muted">{words.hint}</p>
        {change.error ? <ProblemNote error={change.error} /> : null}
        <div className={styles.buttons}>
          <Button type="submit" busy={change.isPending}>
            {hasPassword ? words.submit : words.set}
          </Button>
        </div>
      </form>
    </Card>
  );
}
