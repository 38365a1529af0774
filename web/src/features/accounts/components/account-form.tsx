import { type FormEvent, useEffect, useRef, useState } from 'react';
import type { Account } from '../../../../../src/contract/accounts.ts';
import { Button } from '../../../components/button.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { toasts } from '../../../components/toast-store.ts';
import { ApiError } from '../../../lib/api.ts';
import {
  type AccountFields,
  accountChangeOf,
  badNumbers,
  fieldsOfAccount,
  fieldsOfProvider,
  isComplete,
  newAccountOf,
  trialOf,
} from '../account-form.ts';
import { useCheckAccount } from '../api/check-account.ts';
import { useSaveAccount } from '../api/save-account.ts';
import type { ProviderId, providerOf } from '../providers.ts';
import { strings } from '../strings.ts';
import { AccountFormFields } from './account-fields.tsx';
import styles from './accounts.module.css';
import { CheckReport } from './check-report.tsx';

type KnownProvider = NonNullable<ReturnType<typeof providerOf>> & { readonly id: ProviderId };

interface AccountFormProps {
  /** Null adds a new one, of this provider. */
  readonly account: Account | null;
  readonly provider: KnownProvider | null;
  /** Back to the providers. */
  readonly onBack?: () => void;
  readonly onDone: (saved: Account) => void;
}

/** Filled in, tried out against the server as often as one likes, then saved. */
export function AccountForm({ account, provider, onBack, onDone }: AccountFormProps) {
  const [fields, setFields] = useState<AccountFields>(() => initial(account, provider));
  const [isForgotten, setForgotten] = useState(false);
  const save = useSaveAccount();
  const check = useCheckAccount();
  const form = useRef<HTMLFormElement>(null);
  // What was pressed to get here is gone: the keyboard goes on in the first field.
  useEffect(() => form.current?.querySelector('input')?.focus(), []);
  const bad = badNumbers(fields);
  const words = strings.form;
  const change = (part: Partial<AccountFields>) => {
    setFields((before) => ({ ...before, ...part }));
    save.reset();
    check.reset(); // what the server said was said of other settings
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    event.stopPropagation();
    const onSuccess = (saved: Account) => {
      toasts.say(account ? words.saved({ name: saved.name }) : words.added({ name: saved.name }));
      onDone(saved);
    };
    if (account) save.mutate({ id: account.id, body: accountChangeOf(fields, isForgotten) }, { onSuccess });
    else save.mutate({ id: null, body: newAccountOf(fields, provider?.preset) }, { onSuccess });
  };
  return (
    <form ref={form} className={styles.meters} onSubmit={onSubmit}>
      {provider ? <p className="muted">{strings.hints[provider.id]}</p> : null}
      <AccountFormFields
        fields={fields}
        onChange={change}
        bad={bad}
        problems={problemsOf(save.error ?? check.error)}
        hasLogin={account?.hasCredentials ?? false}
        isForgotten={isForgotten}
        onForget={setForgotten}
      />
      {check.isPending || check.data ? <CheckReport report={check.data ?? null} /> : null}
      {check.error ? <ProblemNote error={check.error} /> : null}
      {save.error ? <ProblemNote error={save.error} /> : null}
      <div className={styles.buttons}>
        {onBack ? (
          <Button kind="quiet" onClick={onBack}>
            {words.back}
          </Button>
        ) : null}
        <Button
          busy={check.isPending}
          disabled={bad.size > 0 || !isComplete(fields)}
          onClick={() => check.mutate(trialOf(fields, account, isForgotten))}
        >
          {strings.check}
        </Button>
        <Button type="submit" kind="primary" busy={save.isPending} disabled={bad.size > 0}>
          {account ? words.submitEdit : words.submitAdd}
        </Button>
      </div>
    </form>
  );
}

/** By the field each speaks of. */
function problemsOf(error: unknown): ReadonlyMap<string, string> {
  const problems = error instanceof ApiError ? (error.problem?.errors ?? []) : [];
  return new Map(problems.map(({ path, message }) => [path, message]));
}

function initial(account: Account | null, provider: KnownProvider | null): AccountFields {
  if (account) return fieldsOfAccount(account);
  if (provider) return fieldsOfProvider(provider, provider.id === 'own' ? '' : strings.providers[provider.id]);
  throw new Error('An account or a provider is needed');
}
