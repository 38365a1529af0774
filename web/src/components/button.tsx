import type { ComponentProps } from 'react';
import styles from './button.module.css';

interface Kind {
  /** `primary` once a page at most; `quiet` in toolbars; `danger` for what cannot be taken back. */
  readonly kind?: 'primary' | 'default' | 'quiet' | 'danger';
  /** The click is being worked on: it stays where it is, says so and takes no second one. */
  readonly busy?: boolean;
}

export function Button({
  kind = 'default',
  busy = false,
  className,
  disabled,
  ...rest
}: ComponentProps<'button'> & Kind) {
  return (
    <button
      type="button"
      {...rest}
      className={`${styles.button} ${className ?? ''}`}
      data-kind={kind}
      aria-busy={busy || undefined}
      disabled={disabled || busy}
    />
  );
}

/** A link that looks like a button: downloads. */
export function ButtonLink({ kind = 'default', className, ...rest }: ComponentProps<'a'> & Pick<Kind, 'kind'>) {
  return <a {...rest} className={`${styles.button} ${className ?? ''}`} data-kind={kind} />;
}
