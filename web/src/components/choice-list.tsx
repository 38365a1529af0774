import { Checkbox } from '@mantine/core';
import styles from './choice-list.module.css';
import { strings } from './strings.ts';

interface ChoiceListProps {
  readonly title: string;
  /** What stands there when there is nothing to choose from. */
  readonly none: string;
  readonly options: ReadonlyArray<{
    readonly id: string;
    readonly name: string;
    /** How many people that is; null where nobody has counted. */
    readonly people: number | null;
  }>;
  readonly chosen: readonly string[];
  readonly onChange: (ids: string[]) => void;
}

/** Any number of things, each with a box. */
export function ChoiceList({ title, none, options, chosen, onChange }: ChoiceListProps) {
  const toggle = (id: string) => onChange(chosen.includes(id) ? chosen.filter((each) => each !== id) : [...chosen, id]);
  return (
    <fieldset className={styles.group}>
      <legend className={styles.legend}>{title}</legend>
      {options.length === 0 ? (
        <p className="muted">{none}</p>
      ) : (
        <div className={styles.options}>
          {options.map(({ id, name, people }) => (
            <Checkbox
              key={id}
              size="xs"
              label={people === null ? name : `${name} · ${strings.people({ count: people })}`}
              checked={chosen.includes(id)}
              onChange={() => toggle(id)}
            />
          ))}
        </div>
      )}
    </fieldset>
  );
}
