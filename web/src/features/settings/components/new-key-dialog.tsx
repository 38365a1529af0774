import { NativeSelect, Switch, TextInput } from '@mantine/core';
import { useContext, useState } from 'react';
import type { NewApiKey } from '../../../../../src/contract/api-keys.ts';
import { Button } from '../../../components/button.tsx';
import { CopyText } from '../../../components/copy-text.tsx';
import { Dialog, FormDialog } from '../../../components/dialog.tsx';
import { type Role, RoleContext } from '../../../lib/access.ts';
import { useCreateKey } from '../api/create-api-key.ts';
import { strings } from '../strings.ts';
import { RoleChoice } from './role-choice.tsx';
import styles from './settings.module.css';

const PARTS = ['campaigns', 'emails', 'contacts', 'sending', 'operations'] as const;
type Part = (typeof PARTS)[number];
type Reach = 'closed' | 'read' | 'write';
type Scope = NonNullable<NewApiKey['scopes']>[number];

const CLOSED: Readonly<Record<Part, Reach>> = {
  campaigns: 'closed',
  emails: 'closed',
  contacts: 'closed',
  sending: 'closed',
  operations: 'closed',
};

/** Name, role, parts and end; then the key, once. */
export function NewKeyDialog({ onClose }: { onClose: () => void }) {
  const words = strings.keys;
  const mine = useContext(RoleContext);
  const create = useCreateKey();
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('editor');
  const [isNarrowed, setNarrowed] = useState(true);
  const [reach, setReach] = useState(CLOSED);
  const [until, setUntil] = useState('');
  if (create.data) return <KeyDialog text={create.data.key} onClose={onClose} />;
  const scopes = PARTS.flatMap((part) => (reach[part] === 'closed' ? [] : [`${part}:${reach[part]}` as Scope]));
  const submit = () =>
    create.mutate({
      name: name.trim(),
      role,
      scopes: isNarrowed ? scopes : null,
      expiresAt: until === '' ? null : new Date(`${until}T23:59:59`).toISOString(),
    });
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={words.addTitle}
      submit={words.submit}
      busy={create.isPending}
      error={create.error}
      disabled={isNarrowed && scopes.length === 0}
      onSubmit={submit}
    >
      <TextInput
        label={strings.name}
        description={words.nameHint}
        required
        withAsterisk={false}
        maxLength={200}
        data-autofocus
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <RoleChoice mine={mine} value={role} onChange={setRole} />
      <fieldset className={styles.fieldset}>
        <legend>{words.scopes}</legend>
        <Switch
          label={isNarrowed ? words.narrowed : words.everything}
          checked={isNarrowed}
          onChange={(event) => setNarrowed(event.currentTarget.checked)}
        />
        {isNarrowed ? (
          <div className={styles.scopes}>
            {PARTS.map((part) => (
              <ScopeLine
                key={part}
                part={part}
                reach={reach[part]}
                onReach={(to) => setReach({ ...reach, [part]: to })}
              />
            ))}
          </div>
        ) : null}
        {isNarrowed && scopes.length === 0 ? <p className="muted">{words.pickOne}</p> : null}
      </fieldset>
      <TextInput
        type="date"
        label={words.expires}
        description={words.expiresHint}
        value={until}
        onChange={(event) => setUntil(event.currentTarget.value)}
      />
    </FormDialog>
  );
}

function ScopeLine({ part, reach, onReach }: { part: Part; reach: Reach; onReach: (reach: Reach) => void }) {
  const words = strings.keys;
  return (
    <>
      <span aria-hidden="true">{words.scopeWords[part]}</span>
      <NativeSelect
        size="xs"
        aria-label={words.scopeWords[part]}
        value={reach}
        data={(['closed', 'read', 'write'] as const).map((value) => ({ value, label: words[value] }))}
        onChange={(event) => onReach(event.currentTarget.value as Reach)}
      />
    </>
  );
}

function KeyDialog({ text, onClose }: { text: string; onClose: () => void }) {
  const words = strings.keys;
  return (
    <Dialog opened onClose={onClose} title={words.shownTitle}>
      <p>{words.shown}</p>
      <CopyText text={text} label={words.key} />
      <div className={styles.buttons}>
        <Button kind="primary" onClick={onClose}>
          {words.done}
        </Button>
      </div>
    </Dialog>
  );
}
