import type { Account } from '../../../../src/contract/accounts.ts';
import type { Action } from '../../components/action-menu.tsx';
import { toasts } from '../../components/toast-store.ts';
import { useUndoableDelete } from '../../components/use-undoable-delete.ts';
import { ApiError } from '../../lib/api.ts';
import { useMoveAccount } from './api/move-account.ts';
import { strings } from './strings.ts';

/** Pausing or resuming, and deleting. The built-in mailbox stays. */
export function useAccountActions(account: Account, onDeleted: () => void = () => {}) {
  const move = useMoveAccount();
  const { remove } = useUndoableDelete();
  const { id, name, state, isSandbox } = account;
  const isActive = state === 'active';
  const toggle = () =>
    move.mutate(
      { id, move: isActive ? 'pause' : 'resume' },
      {
        onSuccess: () => toasts.say(isActive ? strings.paused({ name }) : strings.resumed({ name })),
        onError: (error) => toasts.say(error instanceof ApiError ? error.message : String(error)),
      },
    );
  const erase = () => {
    remove({ path: `/api/accounts/${id}`, text: strings.deleted({ name }), queryKey: ['accounts'] });
    onDeleted();
  };
  const actions: Action[] = [
    { label: isActive ? strings.pause : strings.resume, icon: isActive ? 'pause' : 'play', onClick: toggle },
    ...(isSandbox ? [] : [{ label: strings.delete, icon: 'trash' as const, danger: true, onClick: erase }]),
  ];
  return { actions, toggle, isMoving: move.isPending };
}
