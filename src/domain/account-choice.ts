/**
 * The accounts that a campaign may send through: those it names, or all of the workspace. The built-in mailbox counts
 * only when it is named or there is no other account in any state: mail meant for people must never end in it because
 * the real account is paused.
 */
export function accountsFor<T extends { readonly id: string; readonly isSandbox: boolean }>(
  all: readonly T[],
  named: readonly string[],
): T[] {
  if (named.length > 0) return all.filter((account) => named.includes(account.id));
  const real = all.filter((account) => !account.isSandbox);
  return real.length > 0 ? real : [...all];
}
