import { PasswordInput, TextInput } from '@mantine/core';
import { type ReactNode, useCallback, useRef, useState } from 'react';
import { Button } from '../../../components/button.tsx';
import { FormDialog } from '../../../components/dialog.tsx';
import { ApiError } from '../../../lib/api.ts';
import { useConfirmIdentity } from '../api/confirm-identity.ts';
import { useOwn } from '../api/get-me.ts';
import { ConfirmationContext } from '../confirmation.ts';
import { strings } from '../strings.ts';

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Around what may ask the reader to prove once more who they are. */
export function ConfirmationProvider({ children }: { children: ReactNode }) {
  const waiting = useRef<Waiting | null>(null);
  const [isAsking, setAsking] = useState(false);
  const ask = useCallback(() => {
    setAsking(true);
    return new Promise<void>((resolve, reject) => {
      waiting.current = { resolve, reject };
    });
  }, []);
  const end = (isProved: boolean) => {
    setAsking(false);
    if (isProved) waiting.current?.resolve();
    else waiting.current?.reject(new ApiError(0, strings.confirm.words));
    waiting.current = null;
  };
  return (
    <ConfirmationContext value={ask}>
      {children}
      {isAsking ? <ConfirmationDialog onEnd={end} /> : null}
    </ConfirmationContext>
  );
}

function ConfirmationDialog({ onEnd }: { onEnd: (isProved: boolean) => void }) {
  const words = strings.confirm;
  const me = useOwn().data;
  const canUseCode = me?.secondFactor.totp ?? false;
  const hasPassword = me?.user?.hasPassword ?? true;
  const [byCode, setByCode] = useState(!hasPassword);
  const [text, setText] = useState('');
  const confirm = useConfirmIdentity();
  const submit = () => confirm.mutate(byCode ? { totp: text } : { password: text }, { onSuccess: () => onEnd(true) });
  const turn = () => {
    setByCode(!byCode);
    setText('');
    confirm.reset();
  };
  return (
    <FormDialog
      opened
      onClose={() => onEnd(false)}
      title={words.title}
      submit={words.submit}
      busy={confirm.isPending}
      error={confirm.error}
      onSubmit={submit}
    >
      <p className="muted">{words.words}</p>
      {byCode ? (
        <TextInput
          label={words.code}
          inputMode="numeric"
          autoComplete="one-time-code"
          required
          withAsterisk={false}
          data-autofocus
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      ) : (
        <PasswordInput
          label={words.password}
          autoComplete="current-password"
          required
          withAsterisk={false}
          data-autofocus
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      )}
      {canUseCode && hasPassword ? (
        <Button kind="quiet" onClick={turn}>
          {byCode ? words.usePassword : words.useCode}
        </Button>
      ) : null}
    </FormDialog>
  );
}
