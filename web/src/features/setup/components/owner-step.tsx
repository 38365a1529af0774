import { PasswordInput, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { Button } from '../../../components/button.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { useFinishSetup } from '../api/finish-setup.ts';
import { strings } from '../strings.ts';
import styles from './setup.module.css';

/** Who owns it, and what it is called. */
export function OwnerStep({ onDone }: { onDone: () => void }) {
  const words = strings.owner;
  const finish = useFinishSetup();
  const [fields, setFields] = useState({
    name: '',
    email: '',
    password: '',
    workspaceName: '',
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  });
  const field = (name: keyof typeof fields) => ({
    required: true,
    withAsterisk: false,
    value: fields[name],
    onChange: (event: { currentTarget: { value: string } }) =>
      setFields({ ...fields, [name]: event.currentTarget.value }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    finish.mutate(fields, { onSuccess: onDone });
  };
  return (
    <form className={styles.card} onSubmit={submit}>
      <h2>{strings.steps.owner}</h2>
      <div className={styles.pair}>
        <TextInput label={words.name} autoComplete="name" autoFocus maxLength={200} {...field('name')} />
        <TextInput
          label={words.email}
          description={words.emailHint}
          type="email"
          autoComplete="username"
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          {...field('email')}
        />
      </div>
      <PasswordInput
        label={words.password}
        description={words.passwordHint}
        autoComplete="new-password"
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        {...field('password')}
      />
      <div className={styles.pair}>
        <TextInput
          label={words.workspace}
          description={words.workspaceHint}
          autoComplete="organization"
          maxLength={200}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          {...field('workspaceName')}
        />
        <TextInput label={words.timezone} list="setup-time-zones" spellCheck={false} {...field('timezone')} />
      </div>
      <datalist id="setup-time-zones">
        {Intl.supportedValuesOf('timeZone').map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
      {finish.error ? <ProblemNote error={finish.error} /> : null}
      <div className={styles.buttons}>
        <Button type="submit" kind="primary" busy={finish.isPending}>
          {words.submit}
        </Button>
      </div>
    </form>
  );
}
