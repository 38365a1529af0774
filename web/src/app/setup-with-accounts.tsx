import { useState } from 'react';
import { Toasts } from '../components/toasts.tsx';
import { AccountForm } from '../features/accounts/components/account-form.tsx';
import { ProviderChoice } from '../features/accounts/components/provider-choice.tsx';
import { type ProviderId, providerOf } from '../features/accounts/providers.ts';
import { useMe } from '../features/session/api/get-me.ts';
import { useFragment } from '../features/session/use-fragment.ts';
import { useLinkToken } from '../features/session/use-link-token.ts';
import { AccountStep } from '../features/setup/components/account-step.tsx';
import { NotYours } from '../features/setup/components/not-yours.tsx';
import { SetupPage } from '../features/setup/components/setup-page.tsx';

/** What the link of the first start leads to (`/setup#token=…`): logs in with it, then sets up. */
export function SetupWithAccounts() {
  const link = useLinkToken(useFragment().get('token'));
  const me = useMe({ enabled: !link.isPending });
  if (!me.data) return <NotYours isOpening={link.isPending || me.isPending} error={link.error ?? me.error} />;
  return (
    <>
      <SetupPage me={me.data} account={(onDone) => <ChooseAccount onDone={onDone} />} />
      <Toasts />
    </>
  );
}

function ChooseAccount({ onDone }: { onDone: (accountId: string | null) => void }) {
  const [chosen, setChosen] = useState<ProviderId | null>(null);
  const provider = providerOf(chosen);
  return (
    <AccountStep onStay={() => onDone(null)}>
      {provider ? (
        <AccountForm
          key={provider.id}
          account={null}
          provider={provider}
          onBack={() => setChosen(null)}
          onDone={({ id }) => onDone(id)}
        />
      ) : (
        <ProviderChoice onChoose={setChosen} />
      )}
    </AccountStep>
  );
}
