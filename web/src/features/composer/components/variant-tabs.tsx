import { MOST_VARIANTS } from '../../../../../src/contract/variant-limits.ts';
import { Button } from '../../../components/button.tsx';
import { Icon } from '../../../components/icon.tsx';
import { strings } from '../strings.ts';
import type { Composer } from '../use-composer.ts';
import { combined, withCopyOf, without } from '../variants.ts';
import styles from './variants.module.css';

interface VariantTabsProps {
  readonly composer: Composer;
  readonly position: number;
  readonly onPosition: (position: number) => void;
}

/** One tab a variant, and what can be done with them. Without variants only the way to the first two. */
export function VariantTabs({ composer, position, onPosition }: VariantTabsProps) {
  const words = strings.variants;
  const { variants, content, changeVariants } = composer;
  const all = combined(content, variants);
  const copy = () => {
    const more = withCopyOf(variants, position);
    changeVariants(more);
    onPosition(more.length - 1);
  };
  const remove = () => {
    changeVariants(without(variants, position));
    onPosition(0);
  };
  if (variants.length === 0)
    return (
      <div className={styles.bar}>
        <Button kind="quiet" onClick={copy}>
          <Icon name="plus" />
          {words.begin}
        </Button>
      </div>
    );
  return (
    <div className={styles.bar}>
      <ul className={styles.tabs} aria-label={words.title}>
        {variants.map(({ name }, i) => (
          <li key={name}>
            <button
              type="button"
              className={styles.tab}
              aria-current={i === position ? 'true' : undefined}
              onClick={() => onPosition(i)}
            >
              {name}
            </button>
          </li>
        ))}
      </ul>
      <div className={styles.actions}>
        <Button kind="quiet" disabled={variants.length >= MOST_VARIANTS} onClick={copy}>
          <Icon name="plus" />
          {words.add}
        </Button>
        {all ? (
          <Button kind="quiet" title={words.combineHint} onClick={() => changeVariants(all)}>
            {words.combine({ count: all.length })}
          </Button>
        ) : null}
        {position === 0 && variants.length > 2 ? null : (
          <Button kind="quiet" onClick={remove}>
            <Icon name="trash" />
            {variants.length === 2 ? words.end : words.remove({ name: variants[position]?.name ?? '' })}
          </Button>
        )}
      </div>
    </div>
  );
}
