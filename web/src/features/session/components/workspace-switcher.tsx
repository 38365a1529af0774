import { Menu, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import type { Me } from '../../../../../src/contract/auth.ts';
import { FormDialog } from '../../../components/dialog.tsx';
import { Icon } from '../../../components/icon.tsx';
import { useCreateWorkspace } from '../api/create-workspace.ts';
import { useSwitchWorkspace } from '../api/switch-workspace.ts';
import { strings } from '../strings.ts';
import styles from './workspace-switcher.module.css';

/** The way to another workspace, around what names this one; plain where there is no other and none can be made. */
export function WorkspaceSwitcher({ me, children }: { me: Me; children: ReactNode }) {
  const words = strings.workspaces;
  const change = useSwitchWorkspace();
  const [isAdding, setAdding] = useState(false);
  const canAdd = me.user !== null && me.workspaces.some(({ role }) => role === 'owner');
  if (me.workspaces.length < 2 && !canAdd) return <div className={styles.plain}>{children}</div>;
  const goTo = (id: string) => change.mutate(id);
  return (
    <>
      <Menu
        position="bottom-start"
        shadow="none"
        width={220}
        classNames={{ dropdown: 'floating' }}
        withInitialFocusPlaceholder={false}
      >
        <Menu.Target>
          <button type="button" className={styles.switcher} aria-label={words.label({ name: me.workspace.name })}>
            {children}
            <span className={styles.arrow}>
              <Icon name="unfold" size={14} />
            </span>
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{words.switchTo}</Menu.Label>
          {me.workspaces.map(({ id, name }) => (
            <Menu.Item
              key={id}
              leftSection={id === me.workspace.id ? <Icon name="check" /> : <span className={styles.blank} />}
              onClick={() => (id === me.workspace.id ? undefined : goTo(id))}
            >
              {name}
            </Menu.Item>
          ))}
          {canAdd ? (
            <>
              <Menu.Divider />
              <Menu.Item leftSection={<Icon name="plus" />} onClick={() => setAdding(true)}>
                {words.add}
              </Menu.Item>
            </>
          ) : null}
        </Menu.Dropdown>
      </Menu>
      <AddWorkspaceDialog opened={isAdding} onClose={() => setAdding(false)} onMade={goTo} />
    </>
  );
}

interface AddWorkspaceProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onMade: (id: string) => void;
}

function AddWorkspaceDialog({ opened, onClose, onMade }: AddWorkspaceProps) {
  const words = strings.workspaces;
  const create = useCreateWorkspace();
  const [name, setName] = useState('');
  const submit = () =>
    create.mutate(name.trim(), {
      onSuccess: ({ id }) => {
        setName('');
        onClose();
        onMade(id);
      },
    });
  return (
    <FormDialog
      opened={opened}
      onClose={onClose}
      title={words.addTitle}
      submit={words.submit}
      busy={create.isPending}
      error={create.error}
      onSubmit={submit}
    >
      <p className="muted">{words.addWords}</p>
      <TextInput
        label={words.name}
        required
        withAsterisk={false}
        data-autofocus
        maxLength={200}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
    </FormDialog>
  );
}
