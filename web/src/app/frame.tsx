import { Drawer } from '@mantine/core';
import { useCallback, useState } from 'react';
import { Outlet } from 'react-router';
import type { Me } from '../../../src/contract/auth.ts';
import { useFollowProgress } from '../features/campaigns/api/follow-progress.ts';
import { useSendingCount } from '../features/campaigns/api/get-progress.ts';
import { useSettings } from '../features/settings/api/get-settings.ts';
import { TimeZone } from '../lib/clock.ts';
import styles from './frame.module.css';
import { KeysDialog } from './keys-dialog.tsx';
import { Rail } from './rail.tsx';
import { SandboxStrip } from './sandbox-strip.tsx';
import { strings } from './strings.ts';
import { Topbar } from './topbar.tsx';
import { useShortcuts } from './use-shortcuts.ts';

/** What stands around every page of somebody who is logged in. */
export function Frame({ me }: { me: Me }) {
  const live = useFollowProgress();
  const sending = useSendingCount();
  const zone = useSettings().data?.timezone ?? null;
  const [shown, setShown] = useState<'menu' | 'keys' | null>(null);
  const showKeys = useCallback(() => setShown('keys'), []);
  const close = () => setShown(null);
  useShortcuts(showKeys);
  return (
    <TimeZone value={zone}>
      <div className={styles.frame}>
        <a href="#page" className={styles.skip}>
          {strings.skip}
        </a>
        <div className={styles.rail}>
          <Rail me={me} sending={sending} onKeys={showKeys} />
        </div>
        <div className={styles.column}>
          <SandboxStrip />
          <Topbar sending={sending} live={live} onMenu={() => setShown('menu')} />
          <main id="page" tabIndex={-1} className={styles.page}>
            <Outlet />
          </main>
        </div>
        <Drawer
          opened={shown === 'menu'}
          onClose={close}
          position="bottom"
          classNames={{ content: styles.sheet }}
          title={strings.menu}
          closeButtonProps={{ 'aria-label': strings.close }}
        >
          <Rail me={me} sending={sending} onKeys={showKeys} onLeave={close} />
        </Drawer>
        <KeysDialog opened={shown === 'keys'} onClose={close} />
      </div>
    </TimeZone>
  );
}
