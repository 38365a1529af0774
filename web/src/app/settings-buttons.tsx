import { useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import type { Me } from '../../../src/contract/auth.ts';
import { Icon, type IconName } from '../components/icon.tsx';
import { useLogOut } from '../features/session/api/log-out.ts';
import styles from './rail.module.css';
import { strings } from './strings.ts';

/** Theme, keys and the way out: what there is to set so far. */
export function SettingsButtons({ me, onKeys }: { me: Me; onKeys: () => void }) {
  const scheme = useComputedColorScheme('light');
  const { setColorScheme } = useMantineColorScheme();
  const logOut = useLogOut();
  const other = scheme === 'dark' ? 'light' : 'dark';
  return (
    <section className={styles.settings} aria-label={strings.settings}>
      <Setting icon={other === 'dark' ? 'moon' : 'sun'} label={strings[other]} onClick={() => setColorScheme(other)} />
      <Setting icon="keyboard" label={strings.keys} onClick={onKeys} />
      <Setting icon="exit" label={strings.logOut} onClick={() => logOut.mutate()} />
      <p className={styles.who} title={me.user?.email ?? strings.apiKey}>
        <Icon name="person" />
        <span className={styles.label}>{me.user?.email ?? strings.apiKey}</span>
      </p>
    </section>
  );
}

function Setting({ icon, label, onClick }: { icon: IconName; label: string; onClick: () => void }) {
  return (
    <button type="button" className={styles.place} title={label} onClick={onClick}>
      <Icon name={icon} />
      <span className={styles.label}>{label}</span>
    </button>
  );
}
