import { TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Passkey } from '../../../../../src/contract/second-factors.ts';
import { Button } from '../../../components/button.tsx';
import { Card } from '../../../components/card.tsx';
import { type Column, DataTable } from '../../../components/data-table.tsx';
import { FormDialog } from '../../../components/dialog.tsx';
import { Icon } from '../../../components/icon.tsx';
import { Moment } from '../../../components/moment.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { toasts } from '../../../components/toast-store.ts';
import { useAddPasskey } from '../api/add-passkey.ts';
import { usePasskeys } from '../api/list-passkeys.ts';
import { useRemovePasskey } from '../api/remove-passkey.ts';
import { browserName } from '../browser-name.ts';
import { strings } from '../strings.ts';
import styles from './settings.module.css';

interface PasskeysCardProps {
  /** With recovery codes, when it is the first factor. */
  readonly onEnrolled: (recoveryCodes: readonly string[] | null) => void;
}

export function PasskeysCard({ onEnrolled }: PasskeysCardProps) {
  const words = strings.passkeys;
  const passkeys = usePasskeys();
  const [isAdding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<Passkey | null>(null);
  const rows = passkeys.data?.items;
  const columns: Array<Column<Passkey>> = [
    { id: 'name', header: strings.name, cell: ({ name }) => name },
    { id: 'made', header: words.created, width: 130, wide: true, cell: ({ createdAt }) => <Moment iso={createdAt} /> },
    {
      id: 'used',
      header: words.lastUsed,
      width: 130,
      cell: ({ lastUsedAt }) =>
        lastUsedAt === null ? <span className="muted">{strings.never}</span> : <Moment iso={lastUsedAt} />,
    },
    {
      id: 'remove',
      header: '',
      width: 64,
      cell: (passkey) => (
        <Button kind="quiet" aria-label={words.remove({ name: passkey.name })} onClick={() => setRemoving(passkey)}>
          <Icon name="trash" />
        </Button>
      ),
    },
  ];
  return (
    <Card
      title={words.title}
      flush={rows !== undefined && rows.length > 0}
      actions={<Button onClick={() => setAdding(true)}>{words.add}</Button>}
    >
      {passkeys.error ? <ProblemNote error={passkeys.error} onRetry={() => void passkeys.refetch()} /> : null}
      {rows && rows.length > 0 ? (
        <DataTable label={words.table} columns={columns} rows={rows} keyOf={({ id }) => id} />
      ) : (
        <p className={styles.wrap}>{words.words}</p>
      )}
      {isAdding ? <AddDialog onClose={() => setAdding(false)} onEnrolled={onEnrolled} /> : null}
      {removing ? <RemoveDialog passkey={removing} onClose={() => setRemoving(null)} /> : null}
    </Card>
  );
}

function AddDialog({ onClose, onEnrolled }: PasskeysCardProps & { onClose: () => void }) {
  const words = strings.passkeys;
  const add = useAddPasskey();
  const [name, setName] = useState(() => deviceName());
  const submit = () =>
    add.mutate(name.trim(), {
      onSuccess: ({ passkey, recoveryCodes }) => {
        onClose();
        toasts.say(words.added({ name: passkey.name }));
        onEnrolled(recoveryCodes);
      },
    });
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={words.addTitle}
      submit={words.create}
      busy={add.isPending}
      error={add.error}
      onSubmit={submit}
    >
      <TextInput
        label={strings.name}
        description={words.nameHint}
        required
        withAsterisk={false}
        maxLength={100}
        data-autofocus
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
    </FormDialog>
  );
}

function deviceName(): string {
  const { browser, system } = browserName(navigator.userAgent);
  return browser && system ? strings.sessions.on({ browser, system }) : '';
}

function RemoveDialog({ passkey, onClose }: { passkey: Passkey; onClose: () => void }) {
  const words = strings.passkeys;
  const remove = useRemovePasskey();
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={words.removeTitle({ name: passkey.name })}
      submit={words.removeSubmit}
      kind="danger"
      busy={remove.isPending}
      error={remove.error}
      onSubmit={() => remove.mutate(passkey.id, { onSuccess: onClose })}
    >
      <p>{words.removeWords}</p>
    </FormDialog>
  );
}
