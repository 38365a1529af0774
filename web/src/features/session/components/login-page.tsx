import { PasswordInput, TextInput } from '@mantine/core';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { Navigate, useNavigate, useSearchParams } from 'react-router';
import { Button } from '../../../components/button.tsx';
import { Mark } from '../../../components/mark.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { usePageTitle } from '../../../lib/page-title.ts';
import { useMe } from '../api/get-me.ts';
import { useLogIn } from '../api/log-in.ts';
import { useLogInByLink } from '../api/log-in-by-link.ts';
import { strings } from '../strings.ts';
import styles from './login-page.module.css';

/** Logs in with a password, or at once with the token of a one-time link (`/login#token=…`). */
export function LoginPage() {
  const [search] = useSearchParams();
  usePageTitle(strings.title);
  const link = useLinkToken();
  // While a link logs us in there is nobody to ask about.
  const me = useMe({ enabled: !link.isPending });
  const next = search.get('next') ?? '/';
  // Only a place of ours: never another site.
  if (me.data) return <Navigate to={/^\/(?!\/)/.test(next) ? next : '/'} replace />;
  return (
    <main className={styles.page}>
      <section className={styles.card} aria-labelledby="login-title">
        <Mark size={32} />
        <h1 id="login-title">{strings.title}</h1>
        {link.isPending ? <p role="status">{strings.byLink}</p> : <LoginForm linkError={link.error} />}
      </section>
    </main>
  );
}

/** The token leaves the address bar before anything else happens, so that it does not stay in the history. */
function useLinkToken() {
  const [token] = useState(() => new URLSearchParams(window.location.hash.slice(1)).get('token'));
  const navigate = useNavigate();
  const { mutate, isIdle, isPending, error } = useLogInByLink();
  const used = useRef(false);
  useEffect(() => {
    if (token === null || used.current) return;
    used.current = true;
    void navigate('/login', { replace: true });
    mutate(token);
  }, [token, navigate, mutate]);
  return { error, isPending: isPending || (token !== null && isIdle) };
}

function LoginForm({ linkError }: { linkError: Error | null }) {
  const logIn = useLogIn();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    logIn.mutate({ email, password });
  };
  const error = logIn.error ?? (logIn.isIdle ? linkError : null);
  return (
    <form className={styles.form} onSubmit={submit}>
      {error ? <ProblemNote error={error} /> : null}
      <TextInput
        label={strings.email}
        type="email"
        name="email"
        autoComplete="username"
        required
        withAsterisk={false}
        value={email}
        onChange={(event) => setEmail(event.currentTarget.value)}
      />
      <PasswordInput
        label={strings.password}
        name="password"
        autoComplete="current-password"
        required
        withAsterisk={false}
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      <Button type="submit" kind="primary" busy={logIn.isPending}>
        {strings.submit}
      </Button>
      <p className="muted">
        {strings.hint} <code className="mono">{strings.command}</code>
      </p>
    </form>
  );
}
