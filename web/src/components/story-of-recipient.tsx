import { Link } from 'react-router';
import type { LedgerRecipient } from '../../../src/contract/campaigns.ts';
import type { RecipientState } from '../../../src/contract/states.ts';
import { Moment } from './moment.tsx';
import { storyOf } from './recipient-story.ts';
import { StateMark } from './state-mark.tsx';
import styles from './story-of-recipient.module.css';
import { strings } from './strings.ts';

/** One recipient's story, top to bottom, with the server's own words. */
export function StoryOfRecipient({
  recipient,
  accountName,
}: {
  recipient: LedgerRecipient;
  accountName: string | undefined;
}) {
  const words = strings.story;
  return (
    <div className={styles.body}>
      <StateMark state={recipient.state as RecipientState} />
      <ol className={styles.story}>
        {storyOf(recipient, accountName).map((chapter) => (
          <li key={chapter.id} className={styles.chapter}>
            <p>
              {chapter.title}
              {chapter.at ? (
                <span className="muted">
                  {' '}
                  <Moment iso={chapter.at} />
                </span>
              ) : null}
            </p>
            {chapter.detail ? <p className="muted">{chapter.detail}</p> : null}
            {chapter.reply ? <pre className={`mono ${styles.reply}`}>{chapter.reply}</pre> : null}
          </li>
        ))}
      </ol>
      <dl className={styles.facts}>
        {recipient.variant ? (
          <>
            <dt className="muted">{words.variant}</dt>
            <dd>{recipient.variant}</dd>
          </>
        ) : null}
        {recipient.messageId ? (
          <>
            <dt className="muted">{words.messageId}</dt>
            <dd className="mono">{recipient.messageId}</dd>
          </>
        ) : null}
      </dl>
      {recipient.attempts > 0 ? (
        <Link to={`/mailbox?q=${encodeURIComponent(recipient.email)}`}>{words.inMailbox}</Link>
      ) : null}
    </div>
  );
}
