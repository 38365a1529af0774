import { createContext, useContext } from 'react';
import { ApiError } from '../../lib/api.ts';

/** Asks the reader to prove who they are; rejects when they would not. */
export const ConfirmationContext = createContext<() => Promise<void>>(() => Promise.reject(new Error('nobody asks')));

/** Does what the server asks a proof for: where the last is too old the reader is asked, and it is done again. */
export function useConfirmed(): <T>(act: () => Promise<T>) => Promise<T> {
  const ask = useContext(ConfirmationContext);
  return async (act) => {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof ApiError) || error.problem?.code !== 'CONFIRMATION_REQUIRED') throw error;
      await ask();
      return act();
    }
  };
}
