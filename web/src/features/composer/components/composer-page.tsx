import { TextInput } from '@mantine/core';
import type { ComponentProps } from 'react';
import { Navigate, useNavigate, useParams, useSearchParams } from 'react-router';
import type { CampaignDetail } from '../../../../../src/contract/campaigns.ts';
import { Button } from '../../../components/button.tsx';
import beside from '../../../components/editor/beside-preview.module.css';
import { MessagePreview } from '../../../components/editor/message-preview.tsx';
import { Icon } from '../../../components/icon.tsx';
import page from '../../../components/page.module.css';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { useUndoableDelete } from '../../../components/use-undoable-delete.ts';
import { usePageTitle } from '../../../lib/page-title.ts';
import { usePeople } from '../api/choices.ts';
import { useDraft } from '../api/drafts.ts';
import { isDone, STEPS, type Step, stepOf } from '../steps.ts';
import { strings } from '../strings.ts';
import { type Composer, useComposer } from '../use-composer.ts';
import { contentOfVariant } from '../variants.ts';
import { AudienceStep } from './audience-step.tsx';
import styles from './composer.module.css';
import { ContentStep } from './content-step.tsx';
import { ReviewStep } from './review-step.tsx';
import { ScheduleStep } from './schedule-step.tsx';
import { SenderStep } from './sender-step.tsx';

/** Writes a campaign in five steps, with the message beside them as people will read it. */
export function ComposerPage() {
  const { id = '' } = useParams();
  const draft = useDraft(id);
  if (draft.isPending) {
    return (
      <div role="status" aria-label={strings.loading}>
        <Skeleton width={240} height={28} />
      </div>
    );
  }
  if (draft.isError) return <ProblemNote error={draft.error} onRetry={() => void draft.refetch()} />;
  // Launched a moment ago, here or by somebody else.
  if (draft.data.state !== 'draft') return <Navigate to={`/campaigns/${id}`} replace />;
  return <Composing key={id} draft={draft.data} />;
}

function Composing({ draft }: { draft: CampaignDetail }) {
  const composer = useComposer(draft);
  const [params, setParams] = useSearchParams();
  const step = stepOf(params.get('step'));
  const people = usePeople(composer.audience.listIds[0]);
  usePageTitle(draft.name);
  const goTo = (next: Step) => setParams({ step: next });
  const position = Math.min(Number(params.get('variant')) || 0, Math.max(0, composer.variants.length - 1));
  const show = (variant: number) => setParams({ step, ...(variant === 0 ? {} : { variant: String(variant) }) });
  const following = STEPS[STEPS.indexOf(step) + 1];
  return (
    <div className={page.page}>
      <Head composer={composer} />
      <nav aria-label={strings.stepsLabel}>
        <ol className={styles.steps}>
          {STEPS.map((each) => (
            <li key={each}>
              <button
                type="button"
                className={styles.step}
                aria-current={each === step ? 'step' : undefined}
                onClick={() => goTo(each)}
              >
                <Icon name={isDone(each, composer) ? 'check' : 'dotted'} color="var(--muted)" />
                {strings.steps[each]}
                <span className="unseen">{isDone(each, composer) ? strings.done : strings.missing}</span>
              </button>
            </li>
          ))}
        </ol>
      </nav>
      <div className={beside.columns}>
        <section className={beside.form} aria-label={strings.steps[step]}>
          <StepForm step={step} composer={composer} onGo={goTo} position={position} onPosition={show} />
          {following ? (
            <div className={styles.next}>
              <Button kind="primary" onClick={() => goTo(following)}>
                {strings.next({ step: strings.steps[following] })}
              </Button>
            </div>
          ) : null}
        </section>
        <MessagePreview
          content={contentOfVariant(composer.content, composer.variants, position)}
          from={draft.from ?? ''}
          contactIds={people}
        />
      </div>
    </div>
  );
}

interface StepFormProps extends ComponentProps<typeof ContentStep> {
  readonly step: Step;
  readonly onGo: (step: Step) => void;
}

function StepForm({ step, composer, onGo, position, onPosition }: StepFormProps) {
  switch (step) {
    case 'content':
      return <ContentStep composer={composer} position={position} onPosition={onPosition} />;
    case 'audience':
      return <AudienceStep composer={composer} />;
    case 'sender':
      return <SenderStep composer={composer} />;
    case 'schedule':
      return <ScheduleStep composer={composer} />;
    case 'review':
      return <ReviewStep composer={composer} onGo={onGo} />;
  }
}

function Head({ composer }: { composer: Composer }) {
  const { draft, status, error } = composer;
  const { remove } = useUndoableDelete();
  const navigate = useNavigate();
  const drop = () => {
    remove({
      path: `/api/campaigns/${draft.id}`,
      text: strings.removed({ name: draft.name }),
      queryKey: ['campaigns'],
    });
    void navigate('/campaigns');
  };
  return (
    <header className={styles.head}>
      <TextInput
        aria-label={strings.name}
        classNames={{ input: styles.name ?? '' }}
        defaultValue={draft.name}
        maxLength={200}
        onChange={(event) => {
          const name = event.currentTarget.value.trim();
          if (name !== '') composer.changeSettings({ name });
        }}
      />
      <span className="muted" role="status">
        {strings.status[status]}
      </span>
      <Button kind="quiet" onClick={drop}>
        <Icon name="trash" />
        {strings.remove}
      </Button>
      {error ? <ProblemNote error={error} /> : null}
    </header>
  );
}
