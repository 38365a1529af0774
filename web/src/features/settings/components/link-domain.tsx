import type { Settings } from '../../../../../src/contract/settings.ts';
import { Button } from '../../../components/button.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { useCan } from '../../../lib/access.ts';
import { useCheckLinkDomain } from '../api/check-link-domain.ts';
import { strings } from '../strings.ts';
import styles from './settings.module.css';

/** Whether links go by the domain that is saved, and the check that decides it. */
export function LinkDomain({ settings }: { settings: Settings }) {
  const words = strings.workspace;
  const canChange = useCan('admin');
  const check = useCheckLinkDomain();
  if (settings.trackingDomain === null) return null;
  return (
    <>
      <p className="muted">
        {settings.trackingDomainCheckedAt === null ? words.trackingUnchecked : words.trackingChecked}
      </p>
      {check.error ? <ProblemNote error={check.error} /> : null}
      {canChange ? (
        <div className={styles.buttons}>
          <Button busy={check.isPending} onClick={() => check.mutate()}>
            {words.check}
          </Button>
        </div>
      ) : null}
    </>
  );
}
