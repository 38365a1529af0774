import { Checkbox, NumberInput, Radio, Switch, TextInput } from '@mantine/core';
import { Card } from '../../../components/card.tsx';
import { useCan } from '../../../lib/access.ts';
import { type SeriesDraft, withFeed } from '../draft.ts';
import { strings } from '../strings.ts';
import styles from './series.module.css';
import type { DraftProps } from './series-editor-page.tsx';

/** Where what is sent comes from, if it is a feed. */
export function FeedForm({ draft, change }: DraftProps) {
  const words = strings.editor;
  const isOwner = useCan('owner');
  const { feed, hasFeed } = draft;
  const set = (part: Partial<SeriesDraft['feed']>) => change({ feed: { ...feed, ...part } });
  return (
    <Card title={words.feed}>
      <div className={styles.stack}>
        <Switch
          size="xs"
          label={words.hasFeed}
          description={words.hasFeedHint}
          checked={hasFeed}
          onChange={(event) => change(withFeed(draft, event.currentTarget.checked))}
        />
        {hasFeed ? (
          <>
            <TextInput
              type="url"
              label={words.url}
              description={words.urlHint}
              maxLength={2000}
              value={feed.url}
              onChange={(event) => set({ url: event.currentTarget.value })}
            />
            <NumberInput
              label={words.maxItems}
              description={words.maxHint}
              min={1}
              max={100}
              allowDecimal={false}
              clampBehavior="strict"
              value={feed.maxItems}
              onChange={(value) => set({ maxItems: Math.min(100, Math.max(1, Number(value) || 1)) })}
            />
            <Checkbox
              size="xs"
              label={words.onlyNew}
              description={words.onlyNewHint}
              checked={feed.onlyNew}
              onChange={(event) => set({ onlyNew: event.currentTarget.checked })}
            />
            {feed.onlyNew ? (
              <fieldset className={styles.plain}>
                <legend>{words.startWith}</legend>
                <div className={styles.days}>
                  {(['newest', 'later'] as const).map((value) => (
                    <Radio
                      key={value}
                      size="xs"
                      name="start-with"
                      label={words.startChoices[value]}
                      checked={feed.startWith === value}
                      onChange={() => set({ startWith: value })}
                    />
                  ))}
                </div>
              </fieldset>
            ) : null}
            {isOwner ? (
              <Checkbox
                size="xs"
                label={words.private}
                checked={feed.allowPrivateAddresses}
                onChange={(event) => set({ allowPrivateAddresses: event.currentTarget.checked })}
              />
            ) : null}
          </>
        ) : null}
      </div>
    </Card>
  );
}
