import { PasswordInput, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { Link, Navigate } from 'react-router';
import type { Me } from '../../../../../src/contract/auth.ts';
import type { OpenInvitation } from '../../../../../src/contract/invitations.ts';
import { Button } from '../../../components/button.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { roleOf } from '../../../lib/access.ts';
import { usePageTitle } from '../../../lib/page-title.ts';
import { useAcceptInvitation } from '../api/accept-invitation.ts';
import { isDue, useMe } from '../api/get-me.ts';
import { useLogOut } from '../api/log-out.ts';
import { useInvitation } from '../api/open-invitation.ts';
import { strings } from '../strings.ts';
import { useFragment } from '../use-fragment.ts';
import styles from './door.module.css';
import { Door } from './door.tsx';
import { SecondFactorForm } from './second-factor-form.tsx';

/** What the link of an invitation leads to (`/invitation#token=…`). */
export function InvitationPage() {
  const words = strings.invitation;
  const token = useFragment().get('token');
  const invitation = useInvitation(token);
  const me = useMe();
  const accept = useAcceptInvitation();
  const title = invitation.data ? words.title({ workspace: invitation.data.workspace.name }) : words.loadingTitle;
  usePageTitle(title);
  if (accept.isSuccess) {
    if (!isDue(accept.data) || me.data) return <Navigate to="/" replace />;
    return (
      <Door title={strings.second.title}>
        <SecondFactorForm due={accept.data} />
      </Door>
    );
  }
  return (
    <Door title={title}>
      {token === null ? <p>{words.noToken}</p> : null}
      {invitation.error ? <ProblemNote error={invitation.error} /> : null}
      {invitation.isLoading ? <p role="status">{words.waiting}</p> : null}
      {invitation.data && token !== null && !me.isPending ? (
        <Acceptance invitation={invitation.data} token={token} me={me.data ?? null} accept={accept} />
      ) : null}
      {invitation.data ? null : (
        <p className={styles.links}>
          <Link to="/login">{strings.backToLogin}</Link>
        </p>
      )}
    </Door>
  );
}

interface AcceptanceProps {
  readonly invitation: OpenInvitation;
  readonly token: string;
  readonly me: Me | null;
  readonly accept: ReturnType<typeof useAcceptInvitation>;
}

function Acceptance({ invitation, token, me, accept }: AcceptanceProps) {
  const words = strings.invitation;
  const { role, invitedBy, workspace, email } = invitation;
  const named = { workspace: workspace.name, role: strings.roles[roleOf(role)] };
  const mine = me?.user?.email ?? null;
  return (
    <>
      <p>{invitedBy === null ? words.bySomebody(named) : words.by({ ...named, who: invitedBy })}</p>
      {accept.error ? <ProblemNote error={accept.error} /> : null}
      {mine === null ? (
        <NewMember invitation={invitation} token={token} accept={accept} />
      ) : mine.toLowerCase() === email.toLowerCase() ? (
        <Button kind="primary" busy={accept.isPending} onClick={() => accept.mutate({ token })}>
          {words.joinAs({ email: mine })}
        </Button>
      ) : (
        <SomebodyElse email={mine} />
      )}
    </>
  );
}

function SomebodyElse({ email }: { email: string }) {
  const logOut = useLogOut();
  return (
    <>
      <p className="muted">{strings.invitation.other({ email })}</p>
      <Button busy={logOut.isPending} onClick={() => logOut.mutate()}>
        {strings.logOut}
      </Button>
    </>
  );
}

function NewMember({ invitation, token, accept }: Omit<AcceptanceProps, 'me'>) {
  const words = strings.invitation;
  const { email, known, workspace } = invitation;
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    accept.mutate({ token, password, ...(known || name.trim() === '' ? {} : { name: name.trim() }) });
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      {known ? <p className="muted">{words.known({ email })}</p> : null}
      <TextInput label={strings.email} type="email" autoComplete="username" readOnly value={email} />
      {known ? null : (
        <TextInput
          label={words.name}
          autoComplete="name"
          autoFocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
      )}
      <PasswordInput
        label={known ? words.yours : words.choose}
        description={known ? undefined : strings.passwordHint}
        autoComplete={known ? 'current-password' : 'new-password'}
        required
        withAsterisk={false}
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      <Button type="submit" kind="primary" busy={accept.isPending}>
        {words.submit({ workspace: workspace.name })}
      </Button>
    </form>
  );
}
