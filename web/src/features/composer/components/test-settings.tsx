import { NativeSelect, NumberInput, Radio } from '@mantine/core';
import { useState } from 'react';
import type { AbTest } from '../../../../../src/contract/campaign-variants.ts';
import { countText } from '../../../lib/numbers.ts';
import { useForecast } from '../api/review.ts';
import { strings } from '../strings.ts';
import type { Composer } from '../use-composer.ts';
import { peopleOf } from '../variants.ts';
import styles from './composer.module.css';
import variantStyles from './variants.module.css';

const USUAL = { samplePercent: 20, winner: 'clicks', decideAfterMinutes: 240, otherwise: 'first' } as const;
type Winner = NonNullable<AbTest['winner']>;

/** How many try the variants, and what decides for the rest. */
export function TestSettings({ composer }: { composer: Composer }) {
  const words = strings.variants;
  const { draft, changeSettings } = composer;
  const [test, setTest] = useState<AbTest>(() => draft.abTest ?? { samplePercent: 100 });
  const { samplePercent = 100, winner = 'manual', decideAfterMinutes = USUAL.decideAfterMinutes } = test;
  const change = (part: Partial<AbTest>) => {
    const changed = { ...test, ...part };
    setTest(changed);
    const isSplit = (changed.samplePercent ?? 100) === 100;
    const metric = isSplit || changed.winner === 'manual' ? null : (changed.winner ?? null);
    const { opens = true, clicks = true } = draft.tracking ?? {};
    changeSettings({
      abTest: isSplit ? { samplePercent: 100 } : changed,
      // What is not counted decides nothing.
      ...(metric === null || draft.tracking?.[metric] ? {} : { tracking: { opens, clicks, [metric]: true } }),
    });
  };
  const isSplit = samplePercent === 100;
  return (
    <fieldset className={styles.group}>
      <legend className={styles.legend}>{words.test}</legend>
      <Radio
        size="xs"
        name="test"
        label={words.split}
        checked={isSplit}
        onChange={() => change({ samplePercent: 100 })}
      />
      <Radio
        size="xs"
        name="test"
        label={words.sample}
        checked={!isSplit}
        onChange={() => change(draft.abTest && (draft.abTest.samplePercent ?? 100) < 100 ? draft.abTest : USUAL)}
      />
      {isSplit ? null : (
        <>
          <div className={styles.pair}>
            <NumberInput
              label={words.percent}
              min={1}
              max={99}
              suffix=" %"
              allowDecimal={false}
              value={samplePercent}
              onChange={(value) => {
                if (Number(value) >= 1 && Number(value) <= 99) change({ samplePercent: Number(value) });
              }}
            />
            <NativeSelect
              label={words.winner}
              value={winner}
              data={(['clicks', 'opens', 'manual'] as const).map((value) => ({ value, label: words.winners[value] }))}
              onChange={(event) => change({ winner: event.currentTarget.value as Winner })}
            />
          </div>
          {winner === 'manual' ? (
            <p className="muted">{words.manualHint}</p>
          ) : (
            <>
              <div className={styles.pair}>
                <NumberInput
                  label={words.hours}
                  min={0.25}
                  max={720}
                  step={1}
                  decimalScale={2}
                  value={decideAfterMinutes / 60}
                  onChange={(value) => {
                    const minutes = Math.round(Number(value) * 60);
                    if (minutes >= 1 && minutes <= 43_200) change({ decideAfterMinutes: minutes });
                  }}
                />
                <NativeSelect
                  label={words.otherwise}
                  value={test.otherwise ?? 'first'}
                  data={(['first', 'wait'] as const).map((value) => ({ value, label: words.otherwises[value] }))}
                  onChange={(event) => change({ otherwise: event.currentTarget.value as 'first' | 'wait' })}
                />
              </div>
              <p className="muted">{words.trackingHint}</p>
            </>
          )}
        </>
      )}
      <People composer={composer} samplePercent={samplePercent} />
    </fieldset>
  );
}

/** What the percentages come to. */
function People({ composer, samplePercent }: { composer: Composer; samplePercent: number }) {
  const words = strings.variants;
  const { draft, saved, variants } = composer;
  const forecast = useForecast(draft.id, saved, draft.audience !== null).data;
  if (forecast === undefined) return <p className="muted">{words.noAudience}</p>;
  const { each, rest } = peopleOf(forecast.recipients, samplePercent, variants);
  const text = (count: number) => `${forecast.isEstimate ? '≈ ' : ''}${countText(count)}`;
  return (
    <ul className={variantStyles.people}>
      {variants.map(({ name }, i) => (
        <li key={name}>
          <span className="muted">{name}</span> <b className="numbers">{text(each[i] ?? 0)}</b>
        </li>
      ))}
      {rest > 0 ? (
        <li>
          <span className="muted">{words.rest}</span> <b className="numbers">{text(rest)}</b>
        </li>
      ) : null}
    </ul>
  );
}
