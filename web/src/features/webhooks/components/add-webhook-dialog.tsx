import { Checkbox, TextInput } from '@mantine/core';
import { useState } from 'react';
import { WEBHOOK_TYPES, type WebhookType } from '../../../../../src/contract/webhooks.ts';
import { FormDialog } from '../../../components/dialog.tsx';
import { useCan } from '../../../lib/access.ts';
import { useAddWebhook } from '../api/add-webhook.ts';
import { strings } from '../strings.ts';
import { SecretDialog } from './secret-dialog.tsx';
import styles from './webhooks.module.css';

const GROUPS = ['email', 'contact', 'campaign'] as const;
/** What most endpoints want; one message a recipient is a wish of its own. */
const USUAL: readonly WebhookType[] = ['email.bounced', 'email.complained', 'email.unsubscribed', 'campaign.finished'];

/** Address and kinds of events; then the secret, once. */
export function AddWebhookDialog({ onClose }: { onClose: () => void }) {
  const words = strings.dialog;
  const isOwner = useCan('owner');
  const add = useAddWebhook();
  const [name, setName] = useState('');
  const [url, setUrl] = useState('');
  const [types, setTypes] = useState<readonly WebhookType[]>(USUAL);
  const [isPrivate, setPrivate] = useState(false);
  if (add.data) return <SecretDialog secret={add.data.secret} onClose={onClose} />;
  const onSubmit = () =>
    add.mutate({
      url: url.trim(),
      types: [...types],
      ...(name.trim() === '' ? {} : { name: name.trim() }),
      ...(isPrivate ? { allowPrivateAddresses: true } : {}),
    });
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={strings.add}
      submit={words.submit}
      busy={add.isPending}
      error={add.error}
      disabled={url.trim() === '' || types.length === 0}
      onSubmit={onSubmit}
    >
      <TextInput
        label={words.url}
        description={words.urlHint}
        required
        withAsterisk={false}
        data-autofocus
        type="url"
        maxLength={2000}
        value={url}
        onChange={(event) => setUrl(event.currentTarget.value)}
      />
      <TextInput
        label={words.name}
        description={words.nameHint}
        maxLength={200}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <fieldset className={styles.fieldset}>
        <legend>{words.types}</legend>
        <div className={styles.groups}>
          {GROUPS.map((group) => (
            <TypeGroup key={group} group={group} chosen={types} onChange={setTypes} />
          ))}
        </div>
      </fieldset>
      {isOwner ? (
        <Checkbox
          label={words.private}
          checked={isPrivate}
          onChange={(event) => setPrivate(event.currentTarget.checked)}
        />
      ) : null}
    </FormDialog>
  );
}

interface TypeGroupProps {
  readonly group: (typeof GROUPS)[number];
  readonly chosen: readonly WebhookType[];
  readonly onChange: (types: readonly WebhookType[]) => void;
}

function TypeGroup({ group, chosen, onChange }: TypeGroupProps) {
  const types = WEBHOOK_TYPES.filter((type) => type.startsWith(`${group}.`));
  return (
    <div className={styles.group}>
      <h3>{strings.groups[group]}</h3>
      {types.map((type) => (
        <Checkbox
          key={type}
          size="xs"
          label={strings.types[type]}
          aria-label={`${strings.groups[group]}: ${strings.types[type]}`}
          checked={chosen.includes(type)}
          onChange={(event) =>
            onChange(event.currentTarget.checked ? [...chosen, type] : chosen.filter((one) => one !== type))
          }
        />
      ))}
    </div>
  );
}
