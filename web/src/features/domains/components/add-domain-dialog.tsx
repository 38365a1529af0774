import { Checkbox, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { FormDialog } from '../../../components/dialog.tsx';
import { toasts } from '../../../components/toast-store.ts';
import { useAddDomain } from '../api/add-domain.ts';
import { strings } from '../strings.ts';

const NOTHING = { domain: '', ed25519: false, isOwn: false, selector: '', privateKey: '' };

/** Names a domain; its page then shows the records to set. */
export function AddDomainDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const [fields, setFields] = useState(NOTHING);
  const navigate = useNavigate();
  const add = useAddDomain();
  const words = strings.addDialog;
  const change = (part: Partial<typeof NOTHING>) => setFields((before) => ({ ...before, ...part }));
  const onSubmit = () => {
    const { domain, ed25519, isOwn, selector, privateKey } = fields;
    const own = isOwn ? { privateKey, ...(selector.trim() === '' ? {} : { selector: selector.trim() }) } : {};
    add.mutate(
      { domain: domain.trim(), ed25519, ...own },
      {
        onSuccess: (made) => {
          toasts.say(words.added({ name: made.domain }));
          setFields(NOTHING);
          void navigate(`/domains/${made.id}`);
        },
      },
    );
  };
  return (
    <FormDialog
      opened={opened}
      onClose={onClose}
      title={strings.add}
      submit={words.submit}
      busy={add.isPending}
      error={add.error}
      disabled={fields.domain.trim() === '' || (fields.isOwn && fields.privateKey.trim() === '')}
      onSubmit={onSubmit}
    >
      <TextInput
        label={words.domain}
        description={words.domainHint}
        required
        data-autofocus
        spellCheck={false}
        autoComplete="off"
        value={fields.domain}
        onChange={(event) => change({ domain: event.currentTarget.value })}
      />
      <Checkbox
        label={words.ed25519}
        description={words.ed25519Hint}
        checked={fields.ed25519}
        onChange={(event) => change({ ed25519: event.currentTarget.checked })}
      />
      <Checkbox
        label={words.own}
        checked={fields.isOwn}
        onChange={(event) => change({ isOwn: event.currentTarget.checked })}
      />
      {fields.isOwn ? (
        <>
          <TextInput
            label={words.selector}
            spellCheck={false}
            autoComplete="off"
            value={fields.selector}
            onChange={(event) => change({ selector: event.currentTarget.value })}
          />
          <Textarea
            label={words.privateKey}
            description={words.privateKeyHint}
            required
            rows={5}
            spellCheck={false}
            value={fields.privateKey}
            onChange={(event) => change({ privateKey: event.currentTarget.value })}
          />
        </>
      ) : null}
    </FormDialog>
  );
}
