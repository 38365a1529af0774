import { useCallback } from 'react';
import { useSearchParams } from 'react-router';
import { RECIPIENT_STATES } from '../../../../src/contract/states.ts';
import type { RecipientFilter } from './api/list-recipients.ts';

/** What the table of recipients is filtered by, as the address has it, and a way to change parts of it. */
export function useRecipientFilter(): [RecipientFilter, (change: Partial<RecipientFilter>) => void] {
  const [params, setParams] = useSearchParams();
  const code = params.get('code');
  const filter: RecipientFilter = {
    state: RECIPIENT_STATES.find((each) => each === params.get('state')) ?? null,
    email: params.get('email') ?? '',
    class: params.get('class'),
    code: code !== null && /^\d{1,3}$/.test(code) ? Number(code) : null,
    variant: params.get('variant'),
  };
  const change = useCallback(
    (part: Partial<RecipientFilter>) =>
      setParams(
        (before) => {
          const after = new URLSearchParams(before);
          for (const [name, value] of Object.entries(part)) {
            if (value === null || value === '') after.delete(name);
            else after.set(name, String(value));
          }
          return after;
        },
        { replace: true },
      ),
    [setParams],
  );
  return [filter, change];
}
