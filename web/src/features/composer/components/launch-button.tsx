import { TextInput } from '@mantine/core';
import { useState } from 'react';
import type { CampaignCheck } from '../../../../../src/contract/content.ts';
import { Button } from '../../../components/button.tsx';
import { FormDialog } from '../../../components/dialog.tsx';
import { Icon } from '../../../components/icon.tsx';
import { useCan } from '../../../lib/access.ts';
import { countText } from '../../../lib/numbers.ts';
import { useLaunch } from '../api/drafts.ts';
import { strings } from '../strings.ts';
import type { Composer } from '../use-composer.ts';

const words = strings.review;
/** To more people than this nobody sends by one click. */
const MANY = 10_000;

interface LaunchButtonProps {
  readonly composer: Composer;
  readonly check: CampaignCheck;
}

/** The one button: it says to how many, and asks to have that typed when they are many. */
export function LaunchButton({ composer, check: { recipients: counted, isEstimate, isReady } }: LaunchButtonProps) {
  const { draft, content } = composer;
  const recipients = counted ?? 0;
  const [asking, setAsking] = useState(false);
  const [typed, setTyped] = useState('');
  const launch = useLaunch(draft.id);
  const canSend = useCan('editor');
  const people = countText(recipients);
  const label = isEstimate
    ? (draft.scheduledAt ? words.scheduleAbout : words.sendAbout)({ people })
    : (draft.scheduledAt ? words.schedule : words.send)({ count: recipients });
  const send = () =>
    void composer.flush().then(
      () => launch.mutate(),
      () => {}, // the head of the page tells why it could not be saved
    );
  if (!canSend) return null;
  return (
    <>
      {isReady ? null : <p role="status">{words.notReady}</p>}
      <div>
        <Button kind="primary" disabled={!isReady} onClick={() => setAsking(true)}>
          <Icon name="send" />
          {label}
        </Button>
      </div>
      <FormDialog
        opened={asking}
        onClose={() => setAsking(false)}
        title={words.confirmTitle({ people })}
        submit={label}
        busy={launch.isPending}
        error={launch.error ?? composer.error}
        disabled={recipients > MANY && digitsOf(typed) !== String(recipients)}
        onSubmit={send}
      >
        <p>{words.confirm({ subject: content.subject, from: draft.from ?? words.defaultSender })}</p>
        {recipients > MANY ? (
          <TextInput
            label={words.confirmType({ people })}
            inputMode="numeric"
            value={typed}
            data-autofocus
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
        ) : null}
      </FormDialog>
    </>
  );
}

/** However somebody separates thousands. */
function digitsOf(text: string): string {
  return text.replace(/\D/g, '');
}
