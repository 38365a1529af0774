import { useEffect } from 'react';
import { toasts } from '../components/toast-store.ts';

/** Who leaves the page takes nothing back any more. */
export function useLeaving(): void {
  useEffect(() => {
    const settle = () => toasts.settleAll();
    window.addEventListener('pagehide', settle);
    return () => window.removeEventListener('pagehide', settle);
  }, []);
}
