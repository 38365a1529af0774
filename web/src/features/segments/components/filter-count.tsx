import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { SegmentFilter } from '../../../../../src/contract/segments.ts';
import { Card } from '../../../components/card.tsx';
import { Icon } from '../../../components/icon.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { ApiError } from '../../../lib/api.ts';
import { countText } from '../../../lib/numbers.ts';
import type { useFilterCount } from '../api/count-filter.ts';
import { useFilterSample } from '../api/sample-filter.ts';
import { strings } from '../strings.ts';
import styles from './filter-count.module.css';

interface FilterCountProps {
  /** Null while something is missing. */
  readonly filter: SegmentFilter | null;
  readonly count: ReturnType<typeof useFilterCount>;
  /** What the conditions say, as a sentence. */
  readonly sentence: string;
  readonly children?: ReactNode;
}

/** How many fit, in words whom, and ten of them. */
export function FilterCount({ filter, count, sentence, children }: FilterCountProps) {
  const words = strings.count;
  return (
    <Card title={words.title}>
      <div
        className={styles.count}
        aria-live="polite"
        data-stale={filter === null || count.isPlaceholderData || undefined}
      >
        <HowMany filter={filter} count={count} />
      </div>
      {filter === null ? null : <p className={styles.sentence}>{sentence}</p>}
      {filter !== null && !JSON.stringify(filter).includes('"field":"lists"') ? (
        <p className={styles.consent}>
          <Icon name="shield" />
          <span>{strings.consent}</span>
        </p>
      ) : null}
      {children}
      <Sample filter={filter} />
    </Card>
  );
}

function HowMany({ filter, count }: Pick<FilterCountProps, 'filter' | 'count'>) {
  const words = strings.count;
  if (filter === null) return <p className="muted">{words.missing}</p>;
  // What is wrong in a clause stands beside it.
  if (count.error && !(count.error instanceof ApiError && count.error.status === 422))
    return <ProblemNote error={count.error} onRetry={() => void count.refetch()} />;
  if (!count.data) return count.error ? null : <Skeleton width={120} height={28} />;
  const { exact, atLeast, atMost } = count.data;
  const range = { least: countText(atLeast), most: countText(atMost) };
  return (
    <>
      <p className={styles.number}>
        {exact ? '' : '≈ '}
        <strong>{countText(count.data.count)}</strong> {words.people({ count: count.data.count })}
      </p>
      <p className="muted">{exact ? words.exact : words.estimate(range)}</p>
    </>
  );
}

function Sample({ filter }: Pick<FilterCountProps, 'filter'>) {
  const sample = useFilterSample(filter);
  const words = strings.sample;
  if (filter === null) return <p className="muted">{words.missing}</p>;
  if (!sample.data) return null;
  const people = sample.data.items;
  if (people.length === 0) return sample.data.nextCursor === null ? <p className="muted">{words.none}</p> : null;
  return (
    <div>
      <h3 className={styles.title}>{words.title}</h3>
      <ul className={styles.people}>
        {people.map(({ id, email, firstName, lastName, name }) => (
          <li key={id}>
            <Link to={`/contacts/${id}`}>{email}</Link>{' '}
            <span className="muted">{[firstName, lastName].filter(Boolean).join(' ') || name}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
