import { Modal } from '@mantine/core';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { useBehaviour } from '../api/get-behaviour.ts';
import { behaviourStrings } from '../strings.ts';
import { BehaviourForm } from './behaviour-form.tsx';
import styles from './dialog.module.css';

/** What the mailbox does wrong on purpose. */
export function BehaviourDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const behaviour = useBehaviour();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={behaviourStrings.title}
      size={520}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <div className={styles.dialog}>
        <p className="muted">{behaviourStrings.lead}</p>
        {behaviour.isPending ? <Skeleton height={160} /> : null}
        {behaviour.isError ? <ProblemNote error={behaviour.error} /> : null}
        {behaviour.data ? <BehaviourForm behaviour={behaviour.data} onDone={onClose} /> : null}
        <section>
          <h2>{behaviourStrings.alwaysTitle}</h2>
          <dl className={styles.always}>
            {behaviourStrings.always.map(([address, what]) => (
              <Pair key={address} address={address} what={what} />
            ))}
          </dl>
        </section>
      </div>
    </Modal>
  );
}

function Pair({ address, what }: { address: string; what: string }) {
  return (
    <>
      <dt className="mono">{address}</dt>
      <dd>{what}</dd>
    </>
  );
}
