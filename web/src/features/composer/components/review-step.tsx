import type { CampaignCheck, Finding } from '../../../../../src/contract/content.ts';
import { Button } from '../../../components/button.tsx';
import { Icon, type IconName } from '../../../components/icon.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { countText } from '../../../lib/numbers.ts';
import { useCheck, useForecast } from '../api/review.ts';
import type { Step } from '../steps.ts';
import { strings } from '../strings.ts';
import type { Composer } from '../use-composer.ts';
import styles from './composer.module.css';
import { LaunchButton } from './launch-button.tsx';
import { TestForm } from './test-form.tsx';

const words = strings.review;

interface ReviewStepProps {
  readonly composer: Composer;
  readonly onGo: (step: Step) => void;
}

/** Everything once more before it goes out: who, when, what to mend, a test, and the one button. */
export function ReviewStep({ composer, onGo }: ReviewStepProps) {
  const { draft, saved } = composer;
  const check = useCheck(draft.id, saved);
  return (
    <>
      {check.data ? <Recipients check={check.data} /> : null}
      <Outlook composer={composer} />
      <section className={styles.group} aria-labelledby="checklist">
        <h2 id="checklist">{words.checklist}</h2>
        {check.isPending ? (
          <div role="status" aria-label={words.checking}>
            <Skeleton height={96} />
          </div>
        ) : null}
        {check.isError ? <ProblemNote error={check.error} onRetry={() => void check.refetch()} /> : null}
        <ul>
          {check.data?.findings.map((finding) => (
            <FindingRow key={`${finding.about} ${finding.message}`} finding={finding} onGo={onGo} />
          ))}
        </ul>
      </section>
      <TestForm composer={composer} />
      {check.data ? <LaunchButton composer={composer} check={check.data} /> : null}
    </>
  );
}

function Recipients({ check: { members, recipients, isEstimate } }: { check: CampaignCheck }) {
  if (recipients === null) return null;
  const leftOut = members === null ? 0 : Math.max(0, members - recipients);
  return (
    <p className={styles.count}>
      <b>
        {isEstimate ? '≈ ' : ''}
        {countText(recipients)}
      </b>{' '}
      {words.recipients}
      {leftOut > 0 ? <span className="muted">{words.leftOut({ count: leftOut })}</span> : null}
    </p>
  );
}

function Outlook({ composer }: { composer: Composer }) {
  const forecast = useForecast(composer.draft.id, composer.saved, composer.draft.audience !== null).data;
  if (!forecast) return null;
  return (
    <section className={styles.group} aria-labelledby="forecast">
      <h2 id="forecast">{words.forecast}</h2>
      {forecast.sentences.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
    </section>
  );
}

const LEVELS: Readonly<Record<string, { icon: IconName; color: string }>> = {
  good: { icon: 'check', color: 'var(--state-sent)' },
  notice: { icon: 'question', color: 'var(--state-deferred)' },
  trouble: { icon: 'warning', color: 'var(--state-deferred)' },
  obstacle: { icon: 'cross', color: 'var(--state-failed)' },
};

const STEP_OF: Readonly<Record<string, Step>> = {
  audience: 'audience',
  from: 'sender',
  'from-domain': 'sender',
  'from-name': 'sender',
  signing: 'sender',
  'one-click': 'sender',
  accounts: 'sender',
};

function FindingRow({ finding, onGo }: { finding: Finding; onGo: (step: Step) => void }) {
  const look = LEVELS[finding.level] ?? LEVELS.notice;
  const step = STEP_OF[finding.about] ?? 'content';
  return (
    <li className={styles.finding}>
      {look ? <Icon name={look.icon} color={look.color} /> : null}
      <span>{finding.message}</span>
      {finding.level === 'good' ? (
        <span />
      ) : (
        <Button kind="quiet" onClick={() => onGo(step)}>
          {words.fix({ step: strings.steps[step] })}
        </Button>
      )}
      {finding.details.length > 0 ? (
        <ul className={styles.details}>
          {finding.details.map((detail) => (
            <li key={detail}>{detail}</li>
          ))}
        </ul>
      ) : null}
    </li>
  );
}
