import type { ReactNode } from 'react';
import { NavLink } from 'react-router';
import { Icon } from '../components/icon.tsx';
import { countText } from '../lib/numbers.ts';
import { nameOf, PLACES, type PlaceId } from './places.ts';
import styles from './rail.module.css';
import { strings } from './strings.ts';

interface RailProps {
  /** The name of the workspace, and the way to another one. */
  readonly head: ReactNode;
  /** Who is logged in, and what they can set. */
  readonly foot: ReactNode;
  /** Beside a place's name; nought shows nothing. */
  readonly counts: Partial<Record<PlaceId, number>>;
  /** Told when a place was chosen: the sheet closes then. */
  readonly onLeave?: () => void;
}

const GROUPS = ['top', 'send', 'people', 'delivery', 'operations'] as const;

/** Where one can go; at the side of a page, as icons on a smaller one, as a sheet on a phone. */
export function Rail({ head, foot, counts, onLeave }: RailProps) {
  return (
    <div className={styles.rail}>
      {head}
      <nav aria-label={strings.navigation} className={styles.places}>
        {GROUPS.map((group) => (
          <div key={group}>
            {group === 'top' ? null : <p className={styles.group}>{strings.groups[group]}</p>}
            <Group group={group} counts={counts} onLeave={onLeave} />
          </div>
        ))}
      </nav>
      <div className={styles.settings}>
        <Group group="foot" counts={counts} onLeave={onLeave} />
        {foot}
      </div>
    </div>
  );
}

interface GroupProps extends Pick<RailProps, 'counts'> {
  readonly group: (typeof PLACES)[number]['group'];
  readonly onLeave: (() => void) | undefined;
}

function Group({ group, counts, onLeave }: GroupProps) {
  const places = PLACES.filter((place) => place.group === group);
  return (
    <ul>
      {places.map(({ id, to, icon }) => {
        const count = counts[id] ?? 0;
        return (
          <li key={id}>
            <NavLink
              to={to}
              end={to === '/'}
              className={styles.place ?? ''}
              title={nameOf(id)}
              onClick={() => onLeave?.()}
            >
              <Icon name={icon} />
              <span className={styles.label}>{nameOf(id)}</span>
              {count > 0 ? <span className={styles.count}>{countText(count)}</span> : null}
            </NavLink>
          </li>
        );
      })}
    </ul>
  );
}
