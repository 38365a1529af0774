import styles from './skeleton.module.css';

/** Grey in the shape of what is coming; said once to screen readers by whoever shows it. */
export function Skeleton({ width = '100%', height = 12 }: { width?: number | string; height?: number }) {
  return <span className={styles.bone} style={{ width, height }} aria-hidden="true" />;
}
