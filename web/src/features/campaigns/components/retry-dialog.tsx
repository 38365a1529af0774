import { Checkbox } from '@mantine/core';
import { useState } from 'react';
import type { CampaignDetail, RetryFailedBody } from '../../../../../src/contract/campaigns.ts';
import { FormDialog } from '../../../components/dialog.tsx';
import { toasts } from '../../../components/toast-store.ts';
import { answerWords, type RecipientFilter } from '../api/list-recipients.ts';
import { useRetryFailed } from '../api/retry-failed.ts';
import { strings } from '../strings.ts';

const words = strings.retry;

interface RetryDialogProps {
  readonly campaign: CampaignDetail;
  /** What the table shows: the answer it is filtered by is the answer that is tried again. */
  readonly filter: RecipientFilter;
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** Sends again to whom it could not be sent, and says first to whom and at what risk. */
export function RetryDialog({ campaign, filter, opened, onClose }: RetryDialogProps) {
  const [alsoUnknown, setAlsoUnknown] = useState(false);
  const retry = useRetryFailed(campaign.id);
  const { failed, unknown } = campaign.counts;
  const answer = answerWords(filter);
  const isPart = answer !== '';
  const submit = () =>
    retry.mutate(bodyOf(filter, alsoUnknown), {
      onSuccess: ({ retried }) => {
        toasts.say(words.done({ count: retried }));
        onClose();
      },
    });
  return (
    <FormDialog
      opened={opened}
      onClose={onClose}
      title={words.title}
      submit={isPart ? words.submitPart : words.submit({ count: failed + (alsoUnknown ? unknown : 0) })}
      kind={alsoUnknown ? 'danger' : 'primary'}
      busy={retry.isPending}
      error={retry.error}
      disabled={failed + (alsoUnknown ? unknown : 0) === 0}
      onSubmit={submit}
    >
      <p>{isPart ? words.part({ answer: answer }) : words.all({ count: failed })}</p>
      <p className="muted">{words.suppressed}</p>
      {unknown > 0 ? (
        <Checkbox
          label={words.unknown({ count: unknown })}
          description={words.unknownRisk}
          checked={alsoUnknown}
          onChange={(event) => setAlsoUnknown(event.currentTarget.checked)}
        />
      ) : null}
    </FormDialog>
  );
}

function bodyOf(filter: RecipientFilter, alsoUnknown: boolean): RetryFailedBody {
  return {
    states: alsoUnknown ? ['failed', 'unknown'] : ['failed'],
    ...(filter.class === null ? {} : { classes: [filter.class] }),
    ...(filter.code === null ? {} : { codes: [filter.code] }),
  };
}
