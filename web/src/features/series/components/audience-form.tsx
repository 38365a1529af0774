import { ChoiceList } from '../../../components/choice-list.tsx';
import { useSegmentChoices } from '../../../components/use-choices.ts';
import { useLists } from '../../../components/use-lists.ts';
import { strings } from '../strings.ts';
import styles from './series.module.css';
import type { DraftProps } from './series-editor-page.tsx';

/** Whoever is in these when an occurrence is launched. */
export function AudienceForm({ draft, change }: DraftProps) {
  const words = strings.editor;
  const { audience } = draft;
  const set = (part: Partial<typeof audience>) => change({ audience: { ...audience, ...part } });
  const lists = (useLists() ?? []).map(({ id, name, contacts }) => ({ id, name, people: contacts.subscribed }));
  const segments = (useSegmentChoices().data ?? []).map(({ id, name, counted }) => ({
    id,
    name,
    people: counted?.count ?? null,
  }));
  const isLeftOut = audience.excludeListIds.length + audience.excludeSegmentIds.length > 0;
  return (
    <>
      <ChoiceList
        title={`${words.audience}: ${words.lists}`}
        none={words.noLists}
        options={lists}
        chosen={audience.listIds}
        onChange={(listIds) => set({ listIds })}
      />
      <ChoiceList
        title={`${words.audience}: ${words.segments}`}
        none={words.noSegments}
        options={segments}
        chosen={audience.segmentIds}
        onChange={(segmentIds) => set({ segmentIds })}
      />
      {lists.length + segments.length === 0 ? null : (
        <details open={isLeftOut || undefined}>
          <summary>{words.exclude}</summary>
          <div className={styles.stack}>
            <ChoiceList
              title={`${words.exclude}: ${words.lists}`}
              none={words.noLists}
              options={lists}
              chosen={audience.excludeListIds}
              onChange={(excludeListIds) => set({ excludeListIds })}
            />
            <ChoiceList
              title={`${words.exclude}: ${words.segments}`}
              none={words.noSegments}
              options={segments}
              chosen={audience.excludeSegmentIds}
              onChange={(excludeSegmentIds) => set({ excludeSegmentIds })}
            />
          </div>
        </details>
      )}
    </>
  );
}
