import { NativeSelect, PasswordInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { NewBounceMailbox } from '../../../../../src/contract/bounce-mailboxes.ts';
import { FormDialog } from '../../../components/dialog.tsx';
import { useAddMailbox } from '../api/add-mailbox.ts';
import { strings } from '../strings.ts';

type Secure = NonNullable<NewBounceMailbox['secure']>;
type After = 'flag' | 'delete';
const EMPTY = {
  host: '',
  username: '',
  password: '',
  folder: 'INBOX',
  secure: 'tls' as Secure,
  after: 'flag' as After,
};

/** Server, login, folder, and what becomes of what was read. */
export function AddMailboxDialog({ onClose }: { onClose: () => void }) {
  const words = strings.dialog;
  const add = useAddMailbox();
  const [fields, setFields] = useState(EMPTY);
  const change = (part: Partial<typeof EMPTY>) => setFields((before) => ({ ...before, ...part }));
  const { host, username, password, folder, secure, after } = fields;
  const onSubmit = () =>
    add.mutate(
      { host: host.trim(), username: username.trim(), password, secure, folder: folder.trim(), afterReading: after },
      { onSuccess: onClose },
    );
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={strings.add}
      submit={words.submit}
      busy={add.isPending}
      error={add.error}
      disabled={[host, username, password, folder].some((text) => text.trim() === '')}
      onSubmit={onSubmit}
    >
      <TextInput
        label={words.host}
        required
        withAsterisk={false}
        data-autofocus
        spellCheck={false}
        value={host}
        onChange={(event) => change({ host: event.currentTarget.value })}
      />
      <NativeSelect
        label={words.secure}
        value={secure}
        data={(['tls', 'starttls', 'none'] as const).map((value) => ({ value, label: words.secureWords[value] }))}
        onChange={(event) => change({ secure: event.currentTarget.value as Secure })}
      />
      <TextInput
        label={words.username}
        required
        withAsterisk={false}
        autoComplete="off"
        spellCheck={false}
        value={username}
        onChange={(event) => change({ username: event.currentTarget.value })}
      />
      <PasswordInput
        label={words.password}
        required
        withAsterisk={false}
        autoComplete="new-password"
        value={password}
        onChange={(event) => change({ password: event.currentTarget.value })}
      />
      <TextInput
        label={words.folder}
        required
        withAsterisk={false}
        spellCheck={false}
        value={folder}
        onChange={(event) => change({ folder: event.currentTarget.value })}
      />
      <NativeSelect
        label={words.after}
        value={after}
        data={(['flag', 'delete'] as const).map((value) => ({ value, label: words.afterWords[value] }))}
        onChange={(event) => change({ after: event.currentTarget.value as After })}
      />
    </FormDialog>
  );
}
