import { Link, useLocation } from 'react-router';
import { useShownTitle } from '../lib/page-title.ts';
import { nameOf, placeOf } from './places.ts';
import { strings } from './strings.ts';
import styles from './topbar.module.css';

/** The way from the top to the page that is open. */
export function Crumbs() {
  const { pathname } = useLocation();
  const title = useShownTitle();
  const place = placeOf(pathname);
  if (!place) return <span className={styles.crumbs} />;
  const isPlace = place.to === pathname;
  return (
    <nav aria-label={strings.where} className={styles.crumbs}>
      {isPlace ? (
        <span aria-current="page">{nameOf(place.id)}</span>
      ) : (
        <>
          <Link to={place.to}>{nameOf(place.id)}</Link> <span aria-hidden="true">/</span>{' '}
          <span aria-current="page">{title}</span>
        </>
      )}
    </nav>
  );
}
