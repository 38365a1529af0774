import { Dialog } from '../../../components/dialog.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { useBehaviour } from '../api/get-behaviour.ts';
import { strings } from '../strings.ts';
import { BehaviourForm } from './behaviour-form.tsx';
import styles from './dialog.module.css';

const ALWAYS = ['bounce', 'full', 'slow', 'drop'] as const;

/** What the mailbox does wrong on purpose. */
export function BehaviourDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const behaviour = useBehaviour();
  const words = strings.behaviour;
  return (
    <Dialog opened={opened} onClose={onClose} title={words.title} width={520}>
      <p className="muted">{words.lead}</p>
      {behaviour.isPending ? <Skeleton height={160} /> : null}
      {behaviour.isError ? <ProblemNote error={behaviour.error} /> : null}
      {behaviour.data ? <BehaviourForm behaviour={behaviour.data} onDone={onClose} /> : null}
      <section>
        <h2>{words.alwaysTitle}</h2>
        <dl className={styles.always}>
          {ALWAYS.map((name) => (
            <Pair key={name} address={`${name}@…`} what={words.always[name]} />
          ))}
        </dl>
      </section>
    </Dialog>
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
