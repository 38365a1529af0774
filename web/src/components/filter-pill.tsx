import styles from './filter-pill.module.css';
import { Icon } from './icon.tsx';
import { strings } from './strings.ts';

/** A filter that is in force; its button takes it away. */
export function FilterPill({ label, onRemove }: { label: string; onRemove: () => void }) {
  return (
    <span className={styles.pill}>
      <span className={styles.label}>{label}</span>
      <button type="button" className={styles.remove} aria-label={strings.removeFilter({ label })} onClick={onRemove}>
        <Icon name="cross" size={12} />
      </button>
    </span>
  );
}
