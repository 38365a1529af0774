import { strings } from '../strings.ts';
import styles from './html-part.module.css';

/**
 * The message in a frame of its own: no scripts, no forms, no access to this page; the page's Content-Security-Policy
 * holds in it as well, so nothing is loaded from elsewhere. Links open in a new tab, where they behave as from a mailbox.
 */
export function HtmlPart({ html }: { html: string }) {
  return (
    <>
      <iframe
        className={styles.frame}
        title={strings.frame}
        sandbox="allow-popups allow-popups-to-escape-sandbox"
        referrerPolicy="no-referrer"
        srcDoc={`<base target="_blank">${html}`}
      />
      <p className={styles.remote}>{strings.remote}</p>
    </>
  );
}
