import { useEffect, useRef, useState } from 'react';
import { useLocation } from 'react-router';
import { Icon } from './icon.tsx';
import styles from './search-field.module.css';

const PATIENCE_MS = 250;

interface SearchFieldProps {
  readonly label: string;
  readonly value: string;
  /** Told a quarter of a second after the last key. */
  readonly onSearch: (text: string) => void;
}

/** The filter of a page: `/` goes to it, Escape empties it. */
export function SearchField({ label, value, onSearch }: SearchFieldProps) {
  const [text, setText] = useState(value);
  const told = useRef(value);
  const onSearchNow = useRef(onSearch);
  const { key } = useLocation();
  useEffect(() => {
    onSearchNow.current = onSearch;
  });
  useEffect(() => {
    if (value === told.current) return;
    told.current = value;
    setText(value);
  }, [value]);
  useEffect(() => {
    if (text === told.current) return;
    const timer = setTimeout(() => {
      if (key !== keyOfAddress()) return; // a link was followed and is not drawn yet: this begins anew when it is
      told.current = text;
      onSearchNow.current(text);
    }, PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [text, key]);
  return (
    <label className={styles.field}>
      <Icon name="search" color="var(--muted)" />
      <span className="unseen">{label}</span>
      <input
        type="search"
        className={styles.input}
        placeholder={label}
        value={text}
        spellCheck={false}
        autoComplete="off"
        data-page-filter
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => event.key === 'Escape' && setText('')}
      />
      <span className={styles.key} aria-hidden="true">
        /
      </span>
    </label>
  );
}

/** React draws where a link leads some time after the address has changed. */
function keyOfAddress(): string {
  return (window.history.state as { key?: string } | null)?.key ?? 'default';
}
