import { TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { Link } from 'react-router';
import { Button } from '../../../components/button.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { usePageTitle } from '../../../lib/page-title.ts';
import { useRequestReset } from '../api/request-reset.ts';
import { strings } from '../strings.ts';
import styles from './door.module.css';
import { Door } from './door.tsx';

/** Has a link for a new password mailed. */
export function ForgottenPage() {
  const words = strings.forgot;
  usePageTitle(words.title);
  const request = useRequestReset();
  const [email, setEmail] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    request.mutate(email);
  };
  return (
    <Door title={request.isSuccess ? words.sentTitle : words.title}>
      {request.isSuccess ? (
        <p role="status">{request.data.message}</p>
      ) : (
        <form className={styles.form} onSubmit={submit}>
          {request.error ? <ProblemNote error={request.error} /> : null}
          <p className="muted">{words.words}</p>
          <TextInput
            label={strings.email}
            type="email"
            autoComplete="username"
            autoFocus
            required
            withAsterisk={false}
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
          />
          <Button type="submit" kind="primary" busy={request.isPending}>
            {words.submit}
          </Button>
        </form>
      )}
      <p className={styles.links}>
        <Link to="/login">{strings.backToLogin}</Link>
      </p>
    </Door>
  );
}
