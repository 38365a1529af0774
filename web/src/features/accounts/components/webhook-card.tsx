import { TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Account } from '../../../../../src/contract/accounts.ts';
import { Button } from '../../../components/button.tsx';
import { Card } from '../../../components/card.tsx';
import { CopyText } from '../../../components/copy-text.tsx';
import { FormDialog } from '../../../components/dialog.tsx';
import { useCan } from '../../../lib/access.ts';
import { useSaveAccount } from '../api/save-account.ts';
import { strings } from '../strings.ts';

/** Where the provider is to send what becomes of messages, and what its word is checked with. */
export function WebhookCard({ account }: { account: Account }) {
  const canChange = useCan('admin');
  const [isEditing, setEditing] = useState(false);
  const { webhook } = account;
  if (webhook === null || account.isSandbox) return null;
  const words = strings.webhook;
  const isReady = account.type === 'ses' ? webhook.topic !== null : webhook.hasSecret;
  return (
    <Card
      title={words.title}
      actions={canChange ? <Button onClick={() => setEditing(true)}>{words.set}</Button> : null}
    >
      <p className="muted">{isReady ? words.ready : words.missing}</p>
      <CopyText text={webhook.url} label={words.url} />
      {isEditing ? <KeyDialog account={account} onClose={() => setEditing(false)} /> : null}
    </Card>
  );
}

function KeyDialog({ account, onClose }: { account: Account; onClose: () => void }) {
  const words = strings.webhook;
  const save = useSaveAccount();
  const isSes = account.type === 'ses';
  const [key, setKey] = useState(account.webhook?.topic ?? '');
  const given = key.trim() === '' ? null : key.trim();
  const body = isSes ? { webhookTopic: given } : { webhookSecret: given };
  const onSubmit = () => save.mutate({ id: account.id, body }, { onSuccess: onClose });
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={words.set}
      submit={words.save}
      busy={save.isPending}
      error={save.error}
      onSubmit={onSubmit}
    >
      <TextInput
        label={isSes ? words.topic : words.secret}
        description={words.hints[account.type as keyof typeof words.hints]}
        autoComplete="off"
        spellCheck={false}
        data-autofocus
        value={key}
        onChange={(event) => setKey(event.currentTarget.value)}
      />
    </FormDialog>
  );
}
