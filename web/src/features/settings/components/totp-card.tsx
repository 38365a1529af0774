import { TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { Button } from '../../../components/button.tsx';
import { Card } from '../../../components/card.tsx';
import { CopyText } from '../../../components/copy-text.tsx';
import { FormDialog } from '../../../components/dialog.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { toasts } from '../../../components/toast-store.ts';
import { useBeginTotp } from '../api/begin-totp.ts';
import { useConfirmTotp } from '../api/confirm-totp.ts';
import { useRemoveTotp } from '../api/remove-totp.ts';
import { strings } from '../strings.ts';
import { QrCode } from './qr-code.tsx';
import styles from './settings.module.css';

interface TotpCardProps {
  readonly isOn: boolean;
  /** With recovery codes, when it is the first factor. */
  readonly onEnrolled: (recoveryCodes: readonly string[] | null) => void;
}

export function TotpCard({ isOn, onEnrolled }: TotpCardProps) {
  const words = strings.totp;
  const begin = useBeginTotp();
  const confirm = useConfirmTotp();
  const remove = useRemoveTotp();
  const [code, setCode] = useState('');
  const [isRemoving, setRemoving] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    confirm.mutate(code, {
      onSuccess: ({ recoveryCodes }) => {
        begin.reset();
        setCode('');
        toasts.say(words.done);
        onEnrolled(recoveryCodes);
      },
    });
  };
  const removed = () => {
    setRemoving(false);
    toasts.say(words.removed);
  };
  return (
    <Card title={words.title}>
      {begin.data && !isOn ? (
        <form className={styles.form} onSubmit={submit}>
          <p>{words.scan}</p>
          <div className={styles.enrol}>
            <QrCode text={begin.data.uri} label={words.qr} />
            <div className={styles.form}>
              <CopyText text={begin.data.secret} label={words.secret} />
              <TextInput
                label={words.code}
                inputMode="numeric"
                autoComplete="one-time-code"
                autoFocus
                required
                withAsterisk={false}
                value={code}
                onChange={(event) => setCode(event.currentTarget.value)}
              />
              <div className={styles.buttons}>
                <Button type="submit" kind="primary" busy={confirm.isPending}>
                  {words.confirm}
                </Button>
              </div>
            </div>
          </div>
        </form>
      ) : (
        <div className={styles.line}>
          <p>{isOn ? words.on : words.off}</p>
          {isOn ? (
            <Button onClick={() => setRemoving(true)}>{words.remove}</Button>
          ) : (
            <Button busy={begin.isPending} onClick={() => begin.mutate()}>
              {words.start}
            </Button>
          )}
        </div>
      )}
      {(confirm.error ?? begin.error) ? <ProblemNote error={confirm.error ?? begin.error} /> : null}
      <FormDialog
        opened={isRemoving}
        onClose={() => setRemoving(false)}
        title={words.remove}
        submit={words.remove}
        kind="danger"
        busy={remove.isPending}
        error={remove.error}
        onSubmit={() => remove.mutate(undefined, { onSuccess: removed })}
      >
        <p>{words.removeWords}</p>
      </FormDialog>
    </Card>
  );
}
