import { useEffect, useRef } from 'react';
import { isDue } from './api/get-me.ts';
import { useLogInByLink } from './api/log-in-by-link.ts';

/** Logs in with the token of a one-time link, once; null does nothing. */
export function useLinkToken(token: string | null) {
  const { mutate, isIdle, isPending, error, data } = useLogInByLink();
  const used = useRef(false);
  useEffect(() => {
    if (token === null || used.current) return;
    used.current = true;
    mutate(token);
  }, [token, mutate]);
  return { error, due: isDue(data) ? data : null, isPending: isPending || (token !== null && isIdle) };
}
