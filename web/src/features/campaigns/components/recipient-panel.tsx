import { Drawer } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import type { LedgerRecipient } from '../../../../../src/contract/campaigns.ts';
import type { RecipientState } from '../../../../../src/contract/states.ts';
import { Moment } from '../../../components/moment.tsx';
import { StateMark } from '../../../components/state-mark.tsx';
import { storyOf } from '../recipient-story.ts';
import { strings } from '../strings.ts';
import styles from './recipient-panel.module.css';

interface RecipientPanelProps {
  /** Null closes the panel. */
  readonly recipient: LedgerRecipient | null;
  readonly accountName: string | undefined;
  readonly onClose: () => void;
}

/** One recipient's story at the side of the page, top to bottom, with the server's own words. */
export function RecipientPanel({ recipient, accountName, onClose }: RecipientPanelProps) {
  // What was open stays while the panel slides away.
  const [shown, setShown] = useState(recipient);
  if (recipient !== null && recipient !== shown) setShown(recipient);
  return (
    <Drawer
      opened={recipient !== null}
      onClose={onClose}
      position="right"
      size={440}
      title={shown?.email ?? strings.recipient.title}
      closeButtonProps={{ 'aria-label': strings.recipient.close }}
    >
      {shown ? <Story recipient={shown} accountName={accountName} /> : null}
    </Drawer>
  );
}

function Story({ recipient, accountName }: { recipient: LedgerRecipient; accountName: string | undefined }) {
  const words = strings.recipient;
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
