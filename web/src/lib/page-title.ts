import { useEffect } from 'react';

/** Names the tab after what it shows. */
export function usePageTitle(title: string): void {
  useEffect(() => {
    document.title = title === '' ? 'Postrider' : `${title} · Postrider`;
  }, [title]);
}
