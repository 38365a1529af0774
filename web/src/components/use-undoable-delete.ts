import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useSyncExternalStore } from 'react';
import { ApiError, deleteEvenWhenLeaving } from '../lib/api.ts';
import { toasts } from './toast-store.ts';

/** Paths that were deleted here and not on the server yet. */
let hidden: ReadonlySet<string> = new Set();
const listeners = new Set<() => void>();

function hide(path: string, isHidden: boolean): void {
  const changed = new Set(hidden);
  if (isHidden) changed.add(path);
  else changed.delete(path);
  hidden = changed;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

interface UndoableDelete {
  /** What is deleted, `/api/lists/…`; its row is to be left out while `isHidden` says so. */
  readonly path: string;
  /** `Deleted "News".` */
  readonly text: string;
  /** Queries to read again afterwards, by the beginning of their keys. */
  readonly queryKey: readonly unknown[];
}

/**
 * Deletes with eight seconds to take it back: until then the thing is only hidden. Whoever leaves the page meant it.
 * An error is told as a notice, and what was hidden shows again.
 */
export function useUndoableDelete() {
  const client = useQueryClient();
  const gone = useSyncExternalStore(subscribe, () => hidden);
  const remove = useCallback(
    ({ path, text, queryKey }: UndoableDelete) => {
      hide(path, true);
      const act = () =>
        void deleteEvenWhenLeaving(path)
          .catch((error: unknown) => toasts.say(error instanceof ApiError ? error.message : String(error)))
          .then(() => client.invalidateQueries({ queryKey }))
          .finally(() => hide(path, false));
      toasts.undoable({ text, act, onUndo: () => hide(path, false) });
    },
    [client],
  );
  return { remove, isHidden: (path: string) => gone.has(path) };
}
