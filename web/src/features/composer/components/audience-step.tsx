import type { CampaignForecast } from '../../../../../src/contract/forecast.ts';
import { ChoiceList } from '../../../components/choice-list.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { useSegmentChoices } from '../../../components/use-choices.ts';
import { useLists } from '../../../components/use-lists.ts';
import { countText } from '../../../lib/numbers.ts';
import { useForecast } from '../api/review.ts';
import { hasAudience } from '../steps.ts';
import { strings } from '../strings.ts';
import type { Composer } from '../use-composer.ts';
import styles from './composer.module.css';

const words = strings.audience;

/** Who gets it: lists and segments, less those that are left out, counted while they are chosen. */
export function AudienceStep({ composer }: { composer: Composer }) {
  const { audience, changeAudience, draft } = composer;
  const lists = (useLists() ?? []).map(({ id, name, contacts }) => ({
    id,
    name,
    people: contacts.subscribed as number | null,
  }));
  const segments = (useSegmentChoices().data ?? []).map(({ id, name, counted }) => ({
    id,
    name,
    people: counted?.count ?? null,
  }));
  return (
    <>
      <p className="muted">{words.lead}</p>
      {hasAudience(draft) ? <p>{words.inline}</p> : null}
      <ChoiceList
        title={words.lists}
        none={words.noLists}
        options={lists}
        chosen={audience.listIds}
        onChange={(listIds) => changeAudience({ listIds })}
      />
      <ChoiceList
        title={words.segments}
        none={words.noSegments}
        options={segments}
        chosen={audience.segmentIds}
        onChange={(segmentIds) => changeAudience({ segmentIds })}
      />
      {lists.length + segments.length > 0 ? (
        <details open={audience.excludeListIds.length + audience.excludeSegmentIds.length > 0}>
          <summary>{words.exclude}</summary>
          <p className="muted">{words.excludeLead}</p>
          <ChoiceList
            title={`${words.exclude}: ${words.lists}`}
            none={words.noLists}
            options={lists}
            chosen={audience.excludeListIds}
            onChange={(excludeListIds) => changeAudience({ excludeListIds })}
          />
          <ChoiceList
            title={`${words.exclude}: ${words.segments}`}
            none={words.noSegments}
            options={segments}
            chosen={audience.excludeSegmentIds}
            onChange={(excludeSegmentIds) => changeAudience({ excludeSegmentIds })}
          />
        </details>
      ) : null}
      <Count composer={composer} />
    </>
  );
}

function Count({ composer }: { composer: Composer }) {
  const { audience, draft, saved } = composer;
  const isChosen = hasAudience(draft) || audience.listIds.length + audience.segmentIds.length > 0;
  const forecast = useForecast(draft.id, saved, isChosen && draft.audience !== null);
  if (!isChosen) return <p className="muted">{words.nobody}</p>;
  if (forecast.isError) return <ProblemNote error={forecast.error} />;
  return (
    <p className={styles.count} role="status">
      {forecast.data ? (
        <>
          <b>{countOf(forecast.data)}</b>
          <span className="muted">
            {words.countHint} {forecast.data.isEstimate ? words.countAboutHint : null}
          </span>
        </>
      ) : (
        words.counting
      )}
    </p>
  );
}

function countOf({ recipients, isEstimate }: CampaignForecast): string {
  return isEstimate ? words.countAbout({ people: countText(recipients) }) : words.count({ count: recipients });
}
