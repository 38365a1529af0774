import { Checkbox, NativeSelect, NumberInput, SegmentedControl, TextInput } from '@mantine/core';
import { Card } from '../../../components/card.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { useSeriesPreview } from '../api/preview-series.ts';
import { missingIn, type SeriesDraft, scheduleOf, WEEKDAYS } from '../draft.ts';
import { strings } from '../strings.ts';
import { weekdayName } from '../words.ts';
import { NextTimes } from './next-times.tsx';
import styles from './series.module.css';
import type { DraftProps } from './series-editor-page.tsx';

/** How often, on which days and at what time, with the next five times as the server works them out. */
export function ScheduleForm({ draft, change }: DraftProps) {
  const words = strings.editor;
  const { schedule } = draft;
  const set = (part: Partial<SeriesDraft['schedule']>) => change({ schedule: { ...schedule, ...part } });
  return (
    <Card title={words.schedule}>
      <div className={styles.stack}>
        <SegmentedControl
          aria-label={words.every}
          value={schedule.every}
          data={(['day', 'week', 'month'] as const).map((value) => ({ value, label: words.everyChoices[value] }))}
          onChange={(value) => set({ every: value as 'day' | 'week' | 'month' })}
        />
        {schedule.every === 'week' ? (
          <fieldset className={styles.plain}>
            <legend>{words.weekdays}</legend>
            <div className={styles.days}>
              {WEEKDAYS.map((day) => (
                <Checkbox
                  key={day}
                  size="xs"
                  label={weekdayName(day, 'short')}
                  aria-label={weekdayName(day)}
                  checked={schedule.weekdays.includes(day)}
                  onChange={(event) =>
                    set({
                      weekdays: WEEKDAYS.filter((each) =>
                        each === day ? event.currentTarget.checked : schedule.weekdays.includes(each),
                      ),
                    })
                  }
                />
              ))}
            </div>
          </fieldset>
        ) : null}
        {schedule.every === 'month' ? (
          <NumberInput
            label={words.dayOfMonth}
            description={words.dayHint}
            min={1}
            max={31}
            allowDecimal={false}
            clampBehavior="strict"
            value={schedule.dayOfMonth}
            onChange={(value) => set({ dayOfMonth: Math.min(31, Math.max(1, Number(value) || 1)) })}
          />
        ) : null}
        <div className={styles.pair}>
          <TextInput
            type="time"
            label={words.at}
            value={schedule.at}
            onChange={(event) => set({ at: event.currentTarget.value })}
          />
          <NativeSelect
            label={words.timezone}
            value={schedule.timezone}
            data={zones(schedule.timezone)}
            onChange={(event) => set({ timezone: event.currentTarget.value })}
          />
        </div>
        <Coming draft={draft} />
      </div>
    </Card>
  );
}

function zones(chosen: string): string[] {
  return [...new Set([chosen, 'UTC', ...Intl.supportedValuesOf('timeZone')])];
}

function Coming({ draft }: { draft: SeriesDraft }) {
  const isSaid = !missingIn(draft).includes('weekdays');
  const preview = useSeriesPreview(isSaid ? { schedule: scheduleOf(draft) } : null);
  return (
    <div className={styles.coming} role="status" aria-label={strings.editor.nextTimes}>
      <h3>{strings.editor.nextTimes}</h3>
      {preview.error ? (
        <ProblemNote error={preview.error} />
      ) : isSaid ? (
        <NextTimes times={preview.data?.next ?? []} zone={draft.schedule.timezone} />
      ) : (
        <p className="muted">{strings.editor.noTimes}</p>
      )}
    </div>
  );
}
