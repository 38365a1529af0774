import { Menu } from '@mantine/core';
import { useRef } from 'react';
import { Button } from './button.tsx';
import { Icon, type IconName } from './icon.tsx';
import { strings } from './strings.ts';

export interface Action {
  readonly label: string;
  readonly icon?: IconName;
  /** Cannot be taken back. */
  readonly danger?: boolean;
  readonly disabled?: boolean;
  readonly onClick: () => void;
}

/** What else can be done, behind ⋯. Shows nothing when there is nothing. */
export function ActionMenu({ actions, label }: { actions: readonly Action[]; label?: string }) {
  const target = useRef<HTMLButtonElement>(null);
  if (actions.length === 0) return null;
  return (
    <Menu position="bottom-end" shadow="none" withInitialFocusPlaceholder={false} classNames={{ dropdown: 'floating' }}>
      <Menu.Target>
        <Button ref={target} kind="quiet" aria-label={label ?? strings.more}>
          <Icon name="more" />
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {actions.map((action) => (
          <Menu.Item
            key={action.label}
            leftSection={action.icon ? <Icon name={action.icon} /> : undefined}
            disabled={action.disabled ?? false}
            onClick={() => {
              // The item is gone when a dialog closes that it has opened: the focus comes back here.
              target.current?.focus();
              action.onClick();
            }}
            {...(action.danger ? { style: { color: 'var(--danger)' } } : {})}
          >
            {action.label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
