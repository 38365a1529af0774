import { useSearchParams } from 'react-router';
import { Dialog } from '../../../components/dialog.tsx';
import { providerOf } from '../providers.ts';
import { strings } from '../strings.ts';
import { AccountForm } from './account-form.tsx';
import { ProviderChoice } from './provider-choice.tsx';

const WIDTH = 640;

/** Open while the address says `?new`; `?new=gmail` has chosen already. */
export function AddAccountDialog() {
  const [params, setParams] = useSearchParams();
  const chosen = params.get('new');
  const provider = providerOf(chosen);
  const close = () => setParams(without(params), { replace: true });
  return (
    <Dialog
      opened={chosen !== null}
      onClose={close}
      title={provider ? `${strings.form.addTitle}: ${strings.providers[provider.id]}` : strings.providers.title}
      width={WIDTH}
    >
      {provider ? (
        <AccountForm
          key={provider.id}
          account={null}
          provider={provider}
          onBack={() => setParams({ new: '' })}
          onDone={close}
        />
      ) : (
        <ProviderChoice onChoose={(id) => setParams({ new: id })} />
      )}
    </Dialog>
  );
}

function without(params: URLSearchParams): URLSearchParams {
  const rest = new URLSearchParams(params);
  rest.delete('new');
  return rest;
}
