import { type ComponentProps, createElement } from 'react';
import { Link } from 'react-router';
import styles from './button.module.css';

/** A link to another page that looks like a button. */
export function LinkButton({
  kind = 'default',
  ...rest
}: ComponentProps<typeof Link> & { kind?: 'primary' | 'default' }) {
  return createElement(Link, { ...rest, className: styles.button, 'data-kind': kind } as ComponentProps<typeof Link>);
}
