import { Link, useMatch } from 'react-router';
import { CampaignCrumb } from '../features/campaigns/components/campaign-crumb.tsx';
import { strings } from './strings.ts';
import styles from './topbar.module.css';

/** The way from the top to the page that is open. */
export function Crumbs() {
  const campaign = useMatch('/campaigns/:id');
  const mailbox = useMatch('/mailbox/:id?');
  const list = useMatch('/');
  return (
    <nav aria-label={strings.where} className={styles.crumbs}>
      {campaign?.params.id ? (
        <>
          <Link to="/">{strings.campaigns}</Link> <span aria-hidden="true">/</span>{' '}
          <CampaignCrumb id={campaign.params.id} />
        </>
      ) : null}
      {list ? <span aria-current="page">{strings.campaigns}</span> : null}
      {mailbox ? <span aria-current="page">{strings.mailbox}</span> : null}
    </nav>
  );
}
