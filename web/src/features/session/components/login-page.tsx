import { PasswordInput, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { Link, Navigate, useSearchParams } from 'react-router';
import type { SecondFactorDue } from '../../../../../src/contract/auth.ts';
import { Button, ButtonLink } from '../../../components/button.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { ApiError } from '../../../lib/api.ts';
import { usePageTitle } from '../../../lib/page-title.ts';
import { isDue, useMe } from '../api/get-me.ts';
import { useLoginMethods } from '../api/get-methods.ts';
import { useLogIn } from '../api/log-in.ts';
import { useLogInByPasskey } from '../api/log-in-by-passkey.ts';
import { strings } from '../strings.ts';
import { useFragment } from '../use-fragment.ts';
import { useLinkToken } from '../use-link-token.ts';
import styles from './door.module.css';
import { Door } from './door.tsx';
import { SecondFactorForm } from './second-factor-form.tsx';

/**
 * Logs in with a password, a passkey or elsewhere; or at once with the token of a one-time link (`/login#token=…`). Somebody
 * who comes back from elsewhere may owe a second factor (`#ticket=…&factors=…`), or be told why not (`#oidc=…`).
 */
export function LoginPage() {
  const [search] = useSearchParams();
  const brought = useFragment();
  const link = useLinkToken(brought.get('token'));
  const [due, setDue] = useState<SecondFactorDue | null>(() => readDue(brought));
  // While a link logs us in there is nobody to ask about.
  const me = useMe({ enabled: !link.isPending });
  const owed = due ?? link.due;
  usePageTitle(owed ? strings.second.title : strings.title);
  const next = search.get('next') ?? '/';
  // Only a place of ours: never another site.
  if (me.data) return <Navigate to={/^\/(?![/\\])/.test(next) ? next : '/'} replace />;
  if (owed) {
    return (
      <Door title={strings.second.title}>
        <SecondFactorForm due={owed} />
      </Door>
    );
  }
  return (
    <Door title={strings.title}>
      {link.isPending ? (
        <p role="status">{strings.byLink}</p>
      ) : (
        <LoginForm before={link.error ?? oidcError(brought.get('oidc'))} onDue={setDue} />
      )}
    </Door>
  );
}

function readDue(brought: URLSearchParams): SecondFactorDue | null {
  const ticket = brought.get('ticket');
  const known = ['totp', 'passkey', 'recovery'] as const;
  const named = brought.get('factors')?.split(',') ?? [];
  return ticket === null ? null : { ticket, secondFactor: known.filter((factor) => named.includes(factor)) };
}

function oidcError(reason: string | null): ApiError | null {
  if (reason === null) return null;
  const words = strings.oidc[reason as keyof typeof strings.oidc] ?? strings.oidc.failed;
  return new ApiError(0, words);
}

interface LoginFormProps {
  /** What went wrong before the form was there. */
  readonly before: Error | null;
  readonly onDue: (due: SecondFactorDue) => void;
}

function LoginForm({ before, onDue }: LoginFormProps) {
  const logIn = useLogIn();
  const passkey = useLogInByPasskey();
  const methods = useLoginMethods();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    passkey.reset();
    logIn.mutate({ email, password }, { onSuccess: (answer) => isDue(answer) && onDue(answer) });
  };
  const error = logIn.error ?? passkey.error ?? (logIn.isIdle && passkey.isIdle ? before : null);
  const oidc = methods.data?.oidc;
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
      <p className={styles.links}>
        <Link to="/forgotten-password">{strings.forgotten}</Link>
      </p>
      <p className={styles.or}>{strings.or}</p>
      <Button
        busy={passkey.isPending}
        onClick={() => {
          logIn.reset();
          passkey.mutate();
        }}
      >
        {strings.withPasskey}
      </Button>
      {oidc ? <ButtonLink href="/api/auth/oidc/start">{strings.withOidc({ name: oidc.name })}</ButtonLink> : null}
      <p className="muted">
        {strings.hint} <code className="mono">{strings.command}</code>
      </p>
    </form>
  );
}
