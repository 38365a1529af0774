import type { Account } from '../../../../../src/contract/accounts.ts';
import { Dialog } from '../../../components/dialog.tsx';
import { strings } from '../strings.ts';
import { AccountForm } from './account-form.tsx';

interface EditAccountDialogProps {
  readonly account: Account;
  readonly opened: boolean;
  readonly onClose: () => void;
}

export function EditAccountDialog({ account, opened, onClose }: EditAccountDialogProps) {
  return (
    <Dialog opened={opened} onClose={onClose} title={strings.form.editTitle({ name: account.name })} width={640}>
      <AccountForm account={account} provider={null} onDone={onClose} />
    </Dialog>
  );
}
