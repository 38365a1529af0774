import { Tooltip } from '@mantine/core';
import type { ReactElement, ReactNode } from 'react';
import styles from './tip.module.css';

/** Says more about what is pointed at or focused. */
export function Tip({ label, children }: { label: ReactNode; children: ReactElement }) {
  return (
    <Tooltip
      label={label}
      events={{ hover: true, focus: true, touch: true }}
      classNames={{ tooltip: styles.tip }}
      multiline
      maw={360}
    >
      {children}
    </Tooltip>
  );
}
