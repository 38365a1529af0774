import { useEffect, useState } from 'react';

const PATIENCE_MS = 300;

/** The value when it has not changed for a third of a second: nobody is asked at every key. */
export function useSettled<T>(value: T, key: string): T {
  const [settled, setSettled] = useState({ value, key });
  useEffect(() => {
    if (settled.key === key) return;
    const timer = setTimeout(() => setSettled({ value, key }), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [value, key, settled.key]);
  return settled.value;
}
