import { TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { Me } from '../../../../../src/contract/auth.ts';
import { Button } from '../../../components/button.tsx';
import { Card } from '../../../components/card.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { toasts } from '../../../components/toast-store.ts';
import { useChangeProfile } from '../api/change-profile.ts';
import { useOwn } from '../api/get-me.ts';
import { strings } from '../strings.ts';
import { ConfirmationProvider } from './confirmation-provider.tsx';
import { PasswordCard } from './password-card.tsx';
import { SecondFactorCards } from './second-factor-cards.tsx';
import { SessionsCard } from './sessions-card.tsx';
import styles from './settings.module.css';

/** One's own account: name, password, second factors, sessions. */
export function ProfilePart() {
  const me = useOwn();
  if (me.isError) return <ProblemNote error={me.error} onRetry={() => void me.refetch()} />;
  if (!me.data?.user) return <Skeleton width={320} height={120} />;
  return (
    <div className={styles.narrow}>
      <NameCard user={me.data.user} />
      <PasswordCard hasPassword={me.data.user.hasPassword} email={me.data.user.email} />
      <ConfirmationProvider>
        <SecondFactorCards me={me.data} />
      </ConfirmationProvider>
      <SessionsCard />
    </div>
  );
}

function NameCard({ user }: { user: NonNullable<Me['user']> }) {
  const words = strings.profile;
  const change = useChangeProfile();
  const [name, setName] = useState(user.name ?? '');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate(name, { onSuccess: () => toasts.say(strings.saved) });
  };
  return (
    <Card title={words.title}>
      <form className={styles.form} onSubmit={submit}>
        <div className={styles.pair}>
          <TextInput label={strings.email} type="email" readOnly value={user.email} />
          <TextInput
            label={strings.name}
            autoComplete="name"
            maxLength={200}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
        </div>
        {change.error ? <ProblemNote error={change.error} /> : null}
        <div className={styles.buttons}>
          <Button type="submit" busy={change.isPending} disabled={name.trim() === (user.name ?? '')}>
            {words.submit}
          </Button>
        </div>
      </form>
    </Card>
  );
}
