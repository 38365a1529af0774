import { NavLink } from 'react-router';
import type { Me } from '../../../src/contract/auth.ts';
import { Icon, type IconName } from '../components/icon.tsx';
import { Mark } from '../components/mark.tsx';
import { countText } from '../lib/numbers.ts';
import styles from './rail.module.css';
import { SettingsButtons } from './settings-buttons.tsx';
import { strings } from './strings.ts';

interface RailProps {
  readonly me: Me;
  readonly sending: number;
  readonly onKeys: () => void;
  /** Told when a place was chosen: the sheet closes then. */
  readonly onLeave?: () => void;
}

/** Where one can go; at the side of a page, as icons on a smaller one, as a sheet on a phone. */
export function Rail({ me, sending, onKeys, onLeave }: RailProps) {
  return (
    <div className={styles.rail}>
      <nav aria-label={strings.navigation}>
        <div className={styles.workspace}>
          <Mark />
          <div className={styles.names}>
            <strong>{strings.product}</strong>
            <span className="muted">{me.workspace.name}</span>
          </div>
        </div>
        <p className={styles.group}>{strings.groups.send}</p>
        <ul>
          <Place to="/" icon="campaign" label={strings.campaigns} count={sending} onLeave={onLeave} />
          <Place to="/mailbox" icon="mailbox" label={strings.mailbox} count={0} onLeave={onLeave} />
        </ul>
      </nav>
      <SettingsButtons me={me} onKeys={onKeys} />
    </div>
  );
}

interface PlaceProps {
  readonly to: string;
  readonly icon: IconName;
  readonly label: string;
  readonly count: number;
  readonly onLeave: (() => void) | undefined;
}

function Place({ to, icon, label, count, onLeave }: PlaceProps) {
  return (
    <li>
      <NavLink to={to} className={styles.place ?? ''} title={label} onClick={() => onLeave?.()}>
        <Icon name={icon} />
        <span className={styles.label}>{label}</span>
        {count > 0 ? <span className={styles.count}>{countText(count)}</span> : null}
      </NavLink>
    </li>
  );
}
