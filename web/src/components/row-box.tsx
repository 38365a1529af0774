import { useEffect, useRef } from 'react';
import styles from './row-box.module.css';

interface RowBoxProps {
  readonly label: string;
  readonly checked: boolean;
  /** Some of those it stands for are chosen. */
  readonly indeterminate?: boolean;
  readonly onChange: () => void;
}

/** The box before a row of a long table: no more than the browser's own, so that a thousand of them scroll by lightly. */
export function RowBox({ label, checked, indeterminate = false, onChange }: RowBoxProps) {
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (box.current) box.current.indeterminate = indeterminate;
  }, [indeterminate]);
  return (
    <input ref={box} type="checkbox" className={styles.box} aria-label={label} checked={checked} onChange={onChange} />
  );
}
