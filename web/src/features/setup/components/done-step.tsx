import { Link, useNavigate } from 'react-router';
import { Button } from '../../../components/button.tsx';
import { strings } from '../strings.ts';
import styles from './setup.module.css';

export function DoneStep() {
  const words = strings.done;
  const navigate = useNavigate();
  return (
    <section className={styles.card} aria-labelledby="setup-done">
      <h2 id="setup-done">{words.title}</h2>
      <p>{words.words}</p>
      <p>
        <Link to="/settings/profile">{words.second}</Link>
      </p>
      <div className={styles.buttons}>
        <Button onClick={() => void navigate('/imports')}>{words.import}</Button>
        <Button kind="primary" onClick={() => void navigate('/')}>
          {words.dashboard}
        </Button>
      </div>
    </section>
  );
}
