import { PROVIDERS, type ProviderId } from '../providers.ts';
import { strings } from '../strings.ts';
import styles from './accounts.module.css';

/** What is known of a provider is filled in afterwards. */
export function ProviderChoice({ onChoose }: { onChoose: (id: ProviderId) => void }) {
  return (
    <ul className={styles.providers} aria-label={strings.providers.title}>
      {PROVIDERS.map(({ id }, i) => (
        <li key={id}>
          <button
            type="button"
            className={styles.provider}
            data-autofocus={i === 0 || undefined}
            onClick={() => onChoose(id)}
          >
            <strong>{strings.providers[id]}</strong>
            <span>{strings.providers.about[id]}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
