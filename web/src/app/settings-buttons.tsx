import { Menu, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import type { Me } from '../../../src/contract/auth.ts';
import { Icon } from '../components/icon.tsx';
import { useLogOut } from '../features/session/api/log-out.ts';
import { LANGUAGES, type Language, languageNow, rememberLanguage, setLanguage } from '../lib/i18n.ts';
import { loadTranslation } from './load-translation.ts';
import styles from './rail.module.css';
import { strings } from './strings.ts';

/** Who is logged in; behind their name theme, language, keys and the way out. */
export function SettingsButtons({ me, onKeys }: { me: Me; onKeys: () => void }) {
  const scheme = useComputedColorScheme('light');
  const { setColorScheme } = useMantineColorScheme();
  const logOut = useLogOut();
  const other = scheme === 'dark' ? 'light' : 'dark';
  const name = me.user?.email ?? strings.apiKey;
  return (
    <Menu
      position="top-start"
      shadow="none"
      width={200}
      withInitialFocusPlaceholder={false}
      classNames={{ dropdown: 'floating' }}
    >
      <Menu.Target>
        <button type="button" className={styles.place} title={name}>
          <Icon name="person" />
          <span className={styles.label}>{name}</span>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<Icon name={other === 'dark' ? 'moon' : 'sun'} />}
          onClick={() => setColorScheme(other)}
        >
          {strings[other]}
        </Menu.Item>
        <Menu.Item leftSection={<Icon name="keyboard" />} onClick={onKeys}>
          {strings.keys}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>{strings.language}</Menu.Label>
        {Object.entries(LANGUAGES).map(([tag, label]) => (
          <Menu.Item
            key={tag}
            lang={tag}
            leftSection={<Icon name={tag === languageNow() ? 'check' : 'globe'} />}
            onClick={() => void choose(tag as Language)}
          >
            {label}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<Icon name="exit" />} onClick={() => logOut.mutate()}>
          {strings.logOut}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

async function choose(language: Language): Promise<void> {
  rememberLanguage(language);
  await setLanguage(language, loadTranslation);
}
