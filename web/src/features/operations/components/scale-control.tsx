import type { PoolStats } from '../../../../../src/contract/workers.ts';
import { Button } from '../../../components/button.tsx';
import { Icon } from '../../../components/icon.tsx';
import { Tip } from '../../../components/tip.tsx';
import type { useScaleWorkers } from '../api/scale-workers.ts';
import { strings } from '../strings.ts';
import styles from './operations.module.css';

/** One fewer, one more: what is asked shows at once, what runs follows. */
export function ScaleControl({ stats, scale }: { stats: PoolStats; scale: ReturnType<typeof useScaleWorkers> }) {
  const { desired, maxWorkers } = stats;
  const words = strings.workers;
  const more = (
    <Button
      kind="quiet"
      aria-label={words.more}
      disabled={desired >= maxWorkers}
      onClick={() => scale.mutate(desired + 1)}
    >
      <Icon name="plus" />
    </Button>
  );
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields
    <div className={styles.scale} role="group" aria-label={words.count}>
      <Button kind="quiet" aria-label={words.fewer} disabled={desired <= 0} onClick={() => scale.mutate(desired - 1)}>
        <Icon name="minus" />
      </Button>
      <output aria-live="polite">{desired}</output>
      {desired >= maxWorkers ? (
        <Tip label={words.most({ count: maxWorkers })}>
          <span>{more}</span>
        </Tip>
      ) : (
        more
      )}
    </div>
  );
}
