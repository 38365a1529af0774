import { Tabs } from '@mantine/core';
import { Link, useSearchParams } from 'react-router';
import type { SandboxMessage } from '../../../../../src/contract/sandbox.ts';
import { Icon } from '../../../components/icon.tsx';
import { Moment } from '../../../components/moment.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { countText, sizeText } from '../../../lib/numbers.ts';
import { useMessage } from '../api/get-message.ts';
import { strings } from '../strings.ts';
import { AttachmentList } from './attachment-list.tsx';
import { HeaderList } from './header-list.tsx';
import { HtmlPart } from './html-part.tsx';
import styles from './message-view.module.css';
import { SourceText } from './source-text.tsx';

/** One message with every way to look at it. */
export function MessageView({ id }: { id: string }) {
  const message = useMessage(id);
  return (
    <>
      <BackLink />
      {message.isPending ? <Bones /> : null}
      {message.isError ? (
        <div className={styles.note}>
          <ProblemNote error={message.error} />
        </div>
      ) : null}
      {message.data ? <Loaded message={message.data} /> : null}
    </>
  );
}

function Loaded({ message }: { message: SandboxMessage }) {
  const { tabs } = strings;
  const files = message.attachments.length;
  return (
    <>
      <header className={styles.header}>
        <h2 className={styles.subject}>{message.subject ?? strings.noSubject}</h2>
        <dl className={styles.facts}>
          <dt>{strings.from}</dt>
          <dd>{message.from ?? message.envelopeFrom}</dd>
          <dt>{strings.to}</dt>
          <dd>{message.to ?? message.envelopeTo}</dd>
          <dt>{strings.received}</dt>
          <dd className="numbers">
            <Moment iso={message.receivedAt} />, {sizeText(message.size)}
          </dd>
        </dl>
      </header>
      <Tabs
        defaultValue={message.html === null ? 'text' : 'html'}
        keepMounted={false}
        classNames={{ root: styles.tabs, list: styles.tabList, tab: styles.tab, panel: styles.panel }}
      >
        <Tabs.List aria-label={strings.ways}>
          <Tabs.Tab value="html">{tabs.html}</Tabs.Tab>
          <Tabs.Tab value="text">{tabs.text}</Tabs.Tab>
          <Tabs.Tab value="source">{tabs.source}</Tabs.Tab>
          <Tabs.Tab value="headers">{tabs.headers}</Tabs.Tab>
          <Tabs.Tab value="attachments">
            {tabs.attachments}
            {files > 0 ? ` ${countText(files)}` : ''}
          </Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="html">
          {message.html === null ? <p className={styles.none}>{strings.noHtml}</p> : <HtmlPart html={message.html} />}
        </Tabs.Panel>
        <Tabs.Panel value="text">
          {message.text === null ? (
            <p className={styles.none}>{strings.noText}</p>
          ) : (
            <pre className={styles.text}>{message.text}</pre>
          )}
        </Tabs.Panel>
        <Tabs.Panel value="source">
          <SourceText id={message.id} />
        </Tabs.Panel>
        <Tabs.Panel value="headers">
          <HeaderList headers={message.headers} />
        </Tabs.Panel>
        <Tabs.Panel value="attachments">
          <AttachmentList message={message} />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

/** On a narrow screen the message covers the list. */
function BackLink() {
  const [params] = useSearchParams();
  const query = params.toString();
  return (
    <Link to={`/mailbox${query === '' ? '' : `?${query}`}`} className={styles.back}>
      <Icon name="back" />
      {strings.back}
    </Link>
  );
}

function Bones() {
  return (
    <div className={styles.header} role="status" aria-label={strings.loading}>
      <Skeleton width="50%" height={18} />
      <Skeleton width="35%" />
      <Skeleton width="30%" />
    </div>
  );
}
