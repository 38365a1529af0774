import { PasswordInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { Link } from 'react-router';
import { Button } from '../../../components/button.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { usePageTitle } from '../../../lib/page-title.ts';
import { useResetPassword } from '../api/reset-password.ts';
import { strings } from '../strings.ts';
import { useFragment } from '../use-fragment.ts';
import styles from './door.module.css';
import { Door } from './door.tsx';

/** What the mailed link leads to (`/reset-password#token=…`). */
export function ResetPage() {
  const words = strings.reset;
  usePageTitle(words.title);
  const token = useFragment().get('token');
  const reset = useResetPassword();
  const [password, setPassword] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (token !== null) reset.mutate({ token, password });
  };
  return (
    <Door title={words.title}>
      {token === null ? (
        <p>{words.noToken}</p>
      ) : reset.isSuccess ? (
        <p role="status">{words.done}</p>
      ) : (
        <form className={styles.form} onSubmit={submit}>
          {reset.error ? <ProblemNote error={reset.error} /> : null}
          <p className="muted">{words.words}</p>
          <PasswordInput
            label={strings.password}
            description={strings.passwordHint}
            autoComplete="new-password"
            autoFocus
            required
            withAsterisk={false}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          <Button type="submit" kind="primary" busy={reset.isPending}>
            {words.submit}
          </Button>
        </form>
      )}
      <p className={styles.links}>
        <Link to={token === null ? '/forgotten-password' : '/login'}>
          {token === null ? strings.forgotten : strings.backToLogin}
        </Link>
      </p>
    </Door>
  );
}
