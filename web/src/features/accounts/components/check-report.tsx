import type { AccountReport } from '../../../../../src/contract/accounts.ts';
import { Skeleton } from '../../../components/skeleton.tsx';
import { StatusMark, type Tone } from '../../../components/status-mark.tsx';
import { strings } from '../strings.ts';
import styles from './accounts.module.css';

type Step = AccountReport['steps'][number];
type StepName = keyof typeof strings.report.steps;

const NAMES: readonly StepName[] = ['dns', 'connect', 'tls', 'hello', 'login'];
const TONES: Readonly<Record<string, Tone>> = { ok: 'good', failed: 'bad', skipped: 'quiet' };

/** Each step of a connection with its answer. Null while the server is asked. */
export function CheckReport({ report }: { report: AccountReport | null }) {
  const words = strings.report;
  return (
    <section className={styles.report} aria-label={words.title} aria-live="polite">
      <ol className={styles.steps}>
        {report
          ? report.steps.map((step) => <StepLine key={step.step} step={step} isStopped={!report.ok} />)
          : NAMES.map((name) => (
              <li key={name} className={styles.step}>
                <StatusMark tone="quiet" word={words.steps[name]} />
                <Skeleton width="50%" />
              </li>
            ))}
      </ol>
      <p>{report === null ? words.running : report.ok ? words.ready : words.failed}</p>
    </section>
  );
}

function StepLine({ step, isStopped }: { step: Step; isStopped: boolean }) {
  const words = strings.report;
  const name = step.step as StepName;
  return (
    <li className={styles.step}>
      <StatusMark tone={TONES[step.state] ?? 'quiet'} word={words.steps[name]} />
      <span className={`${step.answer === null ? 'muted' : 'mono'} ${styles.answer}`}>
        {step.answer ?? missing(step, isStopped)}
      </span>
    </li>
  );
}

/** Nothing was said: because it went well, was not asked for, or because something before it failed. */
function missing({ step, state }: Step, isStopped: boolean): string {
  const words = strings.report;
  if (state === 'ok') return words.welcome;
  if (isStopped && (step === 'hello' || step === 'login')) return words.notReached;
  return words.skipped[step as StepName];
}
