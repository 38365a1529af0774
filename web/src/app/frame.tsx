import { Drawer } from '@mantine/core';
import { Suspense, useCallback, useState } from 'react';
import { Outlet, useLocation } from 'react-router';
import type { Me } from '../../../src/contract/auth.ts';
import { Skeleton } from '../components/skeleton.tsx';
import { Toasts } from '../components/toasts.tsx';
import { useFollowProgress } from '../features/campaigns/api/follow-progress.ts';
import { useSendingCount } from '../features/campaigns/api/get-progress.ts';
import { useOpenAlertCount } from '../features/operations/api/count-alerts.ts';
import { useSettings } from '../features/settings/api/get-settings.ts';
import { OperatorContext, RoleContext, roleOf } from '../lib/access.ts';
import { TimeZone } from '../lib/clock.ts';
import { ErrorBoundary } from './error-boundary.tsx';
import styles from './frame.module.css';
import { KeysDialog } from './keys-dialog.tsx';
import { Palette } from './palette.tsx';
import { Rail } from './rail.tsx';
import { RailHead } from './rail-head.tsx';
import { SandboxStrip } from './sandbox-strip.tsx';
import { SettingsButtons } from './settings-buttons.tsx';
import { SetupStrip } from './setup-strip.tsx';
import { strings } from './strings.ts';
import { Topbar } from './topbar.tsx';
import { useLeaving } from './use-leaving.ts';
import { useShortcuts } from './use-shortcuts.ts';

/** What stands around every page of somebody who is logged in. */
export function Frame({ me }: { me: Me }) {
  const live = useFollowProgress();
  const sending = useSendingCount();
  const alerts = useOpenAlertCount();
  const zone = useSettings().data?.timezone ?? null;
  const { pathname } = useLocation();
  const [shown, setShown] = useState<'menu' | 'keys' | 'palette' | null>(null);
  const onHelp = useCallback(() => setShown('keys'), []);
  const onPalette = useCallback(() => setShown('palette'), []);
  const close = () => setShown(null);
  useShortcuts({ onHelp, onPalette });
  useLeaving();
  const rail = (onLeave?: () => void) => (
    <Rail
      head={<RailHead me={me} />}
      foot={<SettingsButtons me={me} onKeys={onHelp} />}
      counts={{ campaigns: sending, alerts }}
      {...(onLeave ? { onLeave } : {})}
    />
  );
  return (
    <RoleContext value={roleOf(me.role)}>
      <OperatorContext value={me.operator}>
        <TimeZone value={zone}>
          <div className={styles.frame}>
            <a href="#page" className={styles.skip}>
              {strings.skip}
            </a>
            <div className={styles.rail}>{rail()}</div>
            <div className={styles.column}>
              <SetupStrip me={me} />
              <SandboxStrip />
              <Topbar
                sending={sending}
                alerts={alerts}
                live={live}
                onMenu={() => setShown('menu')}
                onSearch={onPalette}
              />
              <main id="page" tabIndex={-1} className={styles.page}>
                <ErrorBoundary key={pageOf(pathname)}>
                  <Suspense fallback={<PageSkeleton />}>
                    <Outlet />
                  </Suspense>
                </ErrorBoundary>
              </main>
            </div>
            <Drawer
              opened={shown === 'menu'}
              onClose={close}
              position="bottom"
              size="auto"
              classNames={{ content: styles.sheet }}
              title={strings.menu}
              closeButtonProps={{ 'aria-label': strings.close }}
            >
              {rail(close)}
            </Drawer>
            <KeysDialog opened={shown === 'keys'} onClose={close} />
            <Palette opened={shown === 'palette'} onClose={close} />
            <Toasts />
          </div>
        </TimeZone>
      </OperatorContext>
    </RoleContext>
  );
}

/** While the code of a page arrives. */
function PageSkeleton() {
  return (
    <div role="status" aria-label={strings.loading}>
      <Skeleton width={200} height={28} />
    </div>
  );
}

/** Every address has a page of its own, but the mailbox keeps its list, and where it was scrolled to, beside the message. */
function pageOf(pathname: string): string {
  return pathname.startsWith('/mailbox/') ? '/mailbox' : pathname;
}
