import { useAccounts } from '../features/accounts/api/list-accounts.ts';
import { EmailPage } from '../features/emails/components/email-page.tsx';

/** The page of an email tells what accounts are called, which the accounts know. */
export function EmailWithAccounts() {
  const accounts = useAccounts();
  const names = new Map(accounts.data?.items.map(({ id, name }) => [id, name]));
  return <EmailPage accountNames={names} />;
}
