import type { SandboxMessage } from '../../../../../src/contract/sandbox.ts';
import { ButtonLink } from '../../../components/button.tsx';
import { Icon } from '../../../components/icon.tsx';
import { sizeText } from '../../../lib/numbers.ts';
import { strings } from '../strings.ts';
import styles from './attachment-list.module.css';

export function AttachmentList({ message }: { message: SandboxMessage }) {
  if (message.attachments.length === 0) return <p className={styles.none}>{strings.noAttachments}</p>;
  return (
    <ul>
      {message.attachments.map((attachment, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: names repeat, and their place is what the address has
        <li key={i} className={styles.row}>
          <span className={styles.name}>{attachment.filename ?? strings.attachment({ number: i + 1 })}</span>
          <span className="muted">{attachment.contentType}</span>
          <span className="muted numbers">{sizeText(attachment.size)}</span>
          <ButtonLink href={`/api/sandbox/messages/${message.id}/attachments/${i}`} download kind="quiet">
            <Icon name="download" />
            {strings.save}
          </ButtonLink>
        </li>
      ))}
    </ul>
  );
}
