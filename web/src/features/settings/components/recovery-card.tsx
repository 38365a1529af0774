import { Button } from '../../../components/button.tsx';
import { Card } from '../../../components/card.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { useRenewRecoveryCodes } from '../api/renew-recovery-codes.ts';
import { strings } from '../strings.ts';
import styles from './settings.module.css';

interface RecoveryCardProps {
  readonly left: number;
  readonly onRenewed: (codes: readonly string[]) => void;
}

export function RecoveryCard({ left, onRenewed }: RecoveryCardProps) {
  const words = strings.recovery;
  const renew = useRenewRecoveryCodes();
  return (
    <Card title={words.title}>
      <div className={styles.line}>
        <p>{words.left({ count: left })}</p>
        <Button
          busy={renew.isPending}
          onClick={() => renew.mutate(undefined, { onSuccess: ({ recoveryCodes }) => onRenewed(recoveryCodes) })}
        >
          {words.renew}
        </Button>
      </div>
      {renew.error ? <ProblemNote error={renew.error} /> : null}
    </Card>
  );
}
