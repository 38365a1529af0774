import { useState } from 'react';
import type { CampaignDetail } from '../../../../../src/contract/campaigns.ts';
import type { CampaignState } from '../../../../../src/contract/states.ts';
import { Button } from '../../../components/button.tsx';
import { Dialog } from '../../../components/dialog.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { useCan } from '../../../lib/access.ts';
import { useMoveCampaign } from '../api/move-campaign.ts';
import { strings } from '../strings.ts';
import styles from './campaign-actions.module.css';

const PAUSABLE: readonly CampaignState[] = ['delayed', 'waiting', 'active'];
const CANCELLABLE: readonly CampaignState[] = ['delayed', 'waiting', 'active', 'paused', 'failed'];

/** Pause, resume and cancel, as the state allows; cancelling says first what it will do. */
export function CampaignActions({ campaign }: { campaign: CampaignDetail }) {
  const state = campaign.state as CampaignState;
  const move = useMoveCampaign(campaign.id);
  const [asking, setAsking] = useState(false);
  const canMove = useCan('editor');
  const busy = (name: string) => move.isPending && move.variables === name;
  const cancel = () => move.mutate('cancel', { onSuccess: () => setAsking(false) });
  if (!canMove) return null;
  return (
    <div className={styles.actions}>
      {PAUSABLE.includes(state) ? (
        <Button busy={busy('pause')} onClick={() => move.mutate('pause')}>
          {strings.detail.pause}
        </Button>
      ) : null}
      {state === 'paused' ? (
        <Button kind="primary" busy={busy('resume')} onClick={() => move.mutate('resume')}>
          {strings.detail.resume}
        </Button>
      ) : null}
      {CANCELLABLE.includes(state) ? (
        <Button kind="quiet" onClick={() => setAsking(true)}>
          {strings.detail.cancel}
        </Button>
      ) : null}
      {move.error && !asking ? <ProblemNote error={move.error} /> : null}
      <CancelDialog
        campaign={campaign}
        opened={asking}
        busy={busy('cancel')}
        error={asking ? move.error : null}
        onClose={() => setAsking(false)}
        onCancel={cancel}
      />
    </div>
  );
}

interface CancelDialogProps {
  readonly campaign: CampaignDetail;
  readonly opened: boolean;
  readonly busy: boolean;
  readonly error: Error | null;
  readonly onClose: () => void;
  readonly onCancel: () => void;
}

function CancelDialog({ campaign, opened, busy, error, onClose, onCancel }: CancelDialogProps) {
  const { pending, deferred, sending } = campaign.counts;
  const open = pending + deferred;
  return (
    <Dialog opened={opened} onClose={onClose} title={strings.cancel.title}>
      <p>
        {campaign.total === 0
          ? strings.cancel.nobody({ name: campaign.name })
          : strings.cancel.open({ count: open, name: campaign.name })}
      </p>
      {sending > 0 || campaign.counts.sent > 0 ? <p className="muted">{strings.cancel.inFlight}</p> : null}
      <p className="muted">{strings.cancel.final}</p>
      {error ? <ProblemNote error={error} /> : null}
      <div className={styles.buttons}>
        <Button onClick={onClose} data-autofocus>
          {strings.cancel.keep}
        </Button>
        <Button kind="danger" busy={busy} onClick={onCancel}>
          {open === 0 ? strings.cancel.all : strings.cancel.people({ count: open })}
        </Button>
      </div>
    </Dialog>
  );
}
