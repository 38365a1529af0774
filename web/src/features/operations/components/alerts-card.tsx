import { Link } from 'react-router';
import { Card } from '../../../components/card.tsx';
import { Icon } from '../../../components/icon.tsx';
import { Moment } from '../../../components/moment.tsx';
import { kindWord } from '../alert-words.ts';
import { useAlerts } from '../api/list-alerts.ts';
import { strings } from '../strings.ts';
import styles from './operations.module.css';

const SHOWN = 5;

/** What is the matter now and nobody looks after yet. */
export function AlertsCard() {
  const alerts = useAlerts('open', '').data?.pages[0]?.items;
  return (
    <Card title={strings.workers.alerts} actions={<Link to="/alerts">{strings.alerts.title}</Link>}>
      {alerts?.length === 0 ? <p className="muted">{strings.workers.noAlerts}</p> : null}
      {alerts === undefined || alerts.length === 0 ? null : (
        <ul className={styles.lines}>
          {alerts.slice(0, SHOWN).map(({ id, kind, message, raisedAt }) => (
            <li key={id} className={styles.alert}>
              <Icon name="warning" color="var(--danger)" />
              <span>
                <Link to={`/alerts?id=${id}`}>{kindWord(kind)}</Link> {message}
              </span>
              <span className="muted">
                <Moment iso={raisedAt} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
