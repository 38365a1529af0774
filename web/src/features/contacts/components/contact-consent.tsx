import type { ConsentRecord } from '../../../../../src/contract/consents.ts';
import { Button } from '../../../components/button.tsx';
import { Card } from '../../../components/card.tsx';
import { Moment } from '../../../components/moment.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { useConsents } from '../api/list-consents.ts';
import { strings } from '../strings.ts';
import styles from './contact-page.module.css';

/** What somebody agreed to and took back: when, how, and the words they were shown. */
export function ContactConsent({ contactId }: { contactId: string }) {
  const consents = useConsents(contactId);
  const words = strings.contact;
  const records = consents.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <Card title={words.consent}>
      {consents.isPending ? <Skeleton width="60%" /> : null}
      {consents.error ? <ProblemNote error={consents.error} onRetry={() => void consents.refetch()} /> : null}
      {consents.isSuccess && records.length === 0 ? <p className="muted">{words.noConsent}</p> : null}
      {records.length === 0 ? null : (
        <ol className={styles.story}>
          {records.map((record) => (
            <Consent key={record.id} record={record} />
          ))}
        </ol>
      )}
      {consents.hasNextPage ? (
        <div>
          <Button busy={consents.isFetchingNextPage} onClick={() => void consents.fetchNextPage()}>
            {words.more}
          </Button>
        </div>
      ) : null}
    </Card>
  );
}

function Consent({ record }: { record: ConsentRecord }) {
  const { action, list, method, source, detail, text, ip, occurredAt } = record;
  const how = [
    strings.consentMethods[method as keyof typeof strings.consentMethods] ?? method,
    source,
    detail,
    ip === null ? null : strings.consentFrom({ ip }),
  ];
  return (
    <li>
      <p>
        {consentWords(action, list?.name ?? null)}{' '}
        <span className="muted">
          <Moment iso={occurredAt} />
        </span>
      </p>
      <p className="muted">{how.filter((part) => part !== null && part !== '').join(' · ')}</p>
      {text === null ? null : (
        <details>
          <summary>{strings.consentWords}</summary>
          <blockquote className={styles.quote}>{text}</blockquote>
        </details>
      )}
    </li>
  );
}

function consentWords(action: string, list: string | null): string {
  return strings.consentList({
    action: strings.consentActions[action as keyof typeof strings.consentActions] ?? action,
    name: list ?? strings.everything,
  });
}
