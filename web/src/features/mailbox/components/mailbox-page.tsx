import { useState } from 'react';
import { useParams, useSearchParams } from 'react-router';
import { Button } from '../../../components/button.tsx';
import { Icon } from '../../../components/icon.tsx';
import { SearchField } from '../../../components/search-field.tsx';
import { usePageTitle } from '../../../lib/page-title.ts';
import { useBehaviour } from '../api/get-behaviour.ts';
import { useNewest } from '../api/list-messages.ts';
import { behaviourWords } from '../behaviour-words.ts';
import { strings } from '../strings.ts';
import { BehaviourDialog } from './behaviour-dialog.tsx';
import { ClearDialog } from './clear-dialog.tsx';
import styles from './mailbox-page.module.css';
import { MessageList } from './message-list.tsx';
import { MessageView } from './message-view.tsx';

/** The built-in mailbox: messages at the left, the chosen one at the right; on a narrow screen one after the other. */
export function MailboxPage() {
  const { id } = useParams();
  usePageTitle(strings.title);
  const [params, setParams] = useSearchParams();
  const [dialog, setDialog] = useState<'clear' | 'behaviour' | null>(null);
  const search = params.get('q') ?? '';
  const total = useNewest('').data?.total ?? 0;
  const close = () => setDialog(null);
  return (
    <div className={styles.page} data-open={id !== undefined || undefined}>
      <header className={styles.header}>
        <div className={styles.words}>
          <h1>{strings.title}</h1>
          <p className="muted">{strings.lead}</p>
        </div>
        <div className={styles.tools}>
          <Button onClick={() => setDialog('behaviour')}>
            <Icon name="sliders" />
            {strings.behaviour.open}
          </Button>
          <Button disabled={total === 0} onClick={() => setDialog('clear')}>
            {strings.clear}
          </Button>
        </div>
      </header>
      <Misbehaviour onChange={() => setDialog('behaviour')} />
      <div className={styles.panes}>
        <section className={styles.list} aria-label={strings.title}>
          <div className={styles.search}>
            <SearchField
              label={strings.search}
              value={search}
              onSearch={(text) => setParams(text === '' ? {} : { q: text }, { replace: true })}
            />
          </div>
          <MessageList search={search} openId={id} />
        </section>
        <section className={styles.message} aria-label={strings.message}>
          {id === undefined ? <p className={styles.choose}>{strings.choose}</p> : <MessageView key={id} id={id} />}
        </section>
      </div>
      <ClearDialog opened={dialog === 'clear'} total={total} onClose={close} />
      <BehaviourDialog opened={dialog === 'behaviour'} onClose={close} />
    </div>
  );
}

/** Whoever looks at strange results should not have to remember what they switched on. */
function Misbehaviour({ onChange }: { onChange: () => void }) {
  const behaviour = useBehaviour().data;
  const words = behaviour && behaviourWords(behaviour);
  if (!words) return null;
  return (
    <p className={styles.misbehaviour}>
      <Icon name="warning" />
      <span>{strings.behaviour.misbehaving({ what: words })}</span>
      <Button kind="quiet" onClick={onChange}>
        {strings.behaviour.change}
      </Button>
    </p>
  );
}
