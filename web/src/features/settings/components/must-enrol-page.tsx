import type { Me } from '../../../../../src/contract/auth.ts';
import { Button } from '../../../components/button.tsx';
import { PageHead } from '../../../components/page-head.tsx';
import { Toasts } from '../../../components/toasts.tsx';
import { usePageTitle } from '../../../lib/page-title.ts';
import { strings } from '../strings.ts';
import { ConfirmationProvider } from './confirmation-provider.tsx';
import { SecondFactorCards } from './second-factor-cards.tsx';
import styles from './settings.module.css';

interface MustEnrolProps {
  readonly me: Me;
  /** A factor is there, and its recovery codes were seen. */
  readonly onEnrolled: () => void;
  readonly onLogOut: () => void;
}

/** In the place of every page, for who owes the workspace a second factor. */
export function MustEnrolPage({ me, onEnrolled, onLogOut }: MustEnrolProps) {
  const words = strings.enrol;
  usePageTitle(words.title);
  return (
    <main className={styles.door}>
      <div className={styles.narrow}>
        <PageHead title={words.title} lead={words.words({ workspace: me.workspace.name })}>
          <Button onClick={onLogOut}>{words.logOut}</Button>
        </PageHead>
        <ConfirmationProvider>
          <SecondFactorCards me={me} onEnrolled={onEnrolled} />
        </ConfirmationProvider>
      </div>
      <Toasts />
    </main>
  );
}
