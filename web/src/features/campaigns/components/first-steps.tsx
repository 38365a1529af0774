import { useState } from 'react';
import { Link } from 'react-router';
import { Button } from '../../../components/button.tsx';
import { Icon } from '../../../components/icon.tsx';
import { strings } from '../strings.ts';
import styles from './first-steps.module.css';

const { empty } = strings;

/** The list before there is anything in it: how to get there, with commands that work as they stand. */
export function FirstSteps() {
  const origin = window.location.origin;
  return (
    <section className={styles.card} aria-labelledby="first-steps">
      <Envelope />
      <h2 id="first-steps">{empty.title}</h2>
      <p className="muted">{empty.lead}</p>
      <ol className={styles.steps}>
        <Step number={1} title={empty.steps.key} command={KEY} />
        <Step number={2} title={empty.steps.contacts} command={importCommand(origin)} />
        <Step number={3} title={empty.steps.campaign} command={sendCommand(origin)} />
      </ol>
      <p>
        {empty.mailbox} <Link to="/mailbox">{empty.mailboxLink}</Link>.
      </p>
    </section>
  );
}

const KEY = 'KEY=$(npx postrider api-key create --name shell)';

function importCommand(origin: string): string {
  return `curl ${origin}/api/queue/leads/import \\
  -H "Authorization: Bearer $KEY" -H "Content-Type: application/json" \\
  -d '{"listName": "News", "leads": [{"email": "ada@example.com", "firstName": "Ada"}]}'`;
}

function sendCommand(origin: string): string {
  return `curl ${origin}/api/campaigns/send \\
  -H "Authorization: Bearer $KEY" -H "Content-Type: application/json" \\
  -d '{"subject": "Hello {{firstName}}", "htmlContent": "<p>Hi {{firstName}}, it works.</p>",
       "from": "News <news@example.com>",
       "audience": [{"email": "ada@example.com", "firstName": "Ada"}]}'`;
}

function Step({ number, title, command }: { number: number; title: string; command: string }) {
  const [copied, setCopied] = useState(false);
  return (
    <li className={styles.step}>
      <span className={styles.number} aria-hidden="true">
        {number}
      </span>
      <div className={styles.what}>
        <h3 className={styles.title}>{title}</h3>
        <div className={styles.command}>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
          <pre className="mono" tabIndex={0}>
            {command}
          </pre>
          <Button
            kind="quiet"
            className={styles.copy}
            onClick={() => void navigator.clipboard.writeText(command).then(() => setCopied(true))}
          >
            <Icon name={copied ? 'check' : 'copy'} />
            {copied ? empty.copied : empty.copy}
          </Button>
        </div>
      </div>
    </li>
  );
}

function Envelope() {
  return (
    <svg
      width="64"
      height="48"
      viewBox="0 0 64 48"
      fill="none"
      stroke="var(--line-strong)"
      strokeWidth="1.5"
      aria-hidden="true"
    >
      <rect x="12" y="8" width="48" height="34" rx="3" />
      <path d="M12 12l24 17 24-17M4 18h6M2 25h8M4 32h6" strokeLinecap="round" />
    </svg>
  );
}
