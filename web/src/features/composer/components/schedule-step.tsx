import { Radio, SegmentedControl, TextInput } from '@mantine/core';
import { useContext, useState } from 'react';
import { TimeZone } from '../../../lib/clock.ts';
import { clockIn, clockTimeOf } from '../schedule.ts';
import { strings } from '../strings.ts';
import type { Composer } from '../use-composer.ts';
import styles from './composer.module.css';

const words = strings.schedule;
const DAY_MS = 24 * 3_600_000;

/** At once, at a time, or at everybody's own time; and when nobody is to be disturbed. */
export function ScheduleStep({ composer }: { composer: Composer }) {
  const { draft, changeSettings } = composer;
  const zone = useContext(TimeZone) ?? 'UTC';
  const [at, setAt] = useState(() => clockTimeOf(draft, zone));
  const [byRecipients, setByRecipients] = useState(draft.timezone === 'recipient');
  const change = (time: string | null, recipients: boolean) => {
    setAt(time);
    setByRecipients(recipients);
    if (time === '') return;
    changeSettings({ scheduledAt: time, timezone: time === null ? null : recipients ? 'recipient' : zone });
  };
  const isPast = at !== null && at !== '' && !byRecipients && at < clockIn(new Date(), zone);
  return (
    <>
      <fieldset className={styles.group}>
        <legend className={styles.legend}>{words.when}</legend>
        <Radio size="xs" name="when" label={words.now} checked={at === null} onChange={() => change(null, false)} />
        <Radio
          size="xs"
          name="when"
          label={words.later}
          checked={at !== null}
          onChange={() => change(clockIn(new Date(Date.now() + DAY_MS), zone), byRecipients)}
        />
        {at === null ? null : (
          <>
            <TextInput
              type="datetime-local"
              label={words.at}
              value={at}
              error={isPast ? words.past : null}
              onChange={(event) => change(event.currentTarget.value, byRecipients)}
            />
            <Radio
              size="xs"
              name="clock"
              label={words.zone({ zone })}
              checked={!byRecipients}
              onChange={() => change(at, false)}
            />
            <Radio
              size="xs"
              name="clock"
              label={words.recipients}
              description={words.recipientsHint}
              checked={byRecipients}
              onChange={() => change(at, true)}
            />
          </>
        )}
      </fieldset>
      <QuietHours composer={composer} />
    </>
  );
}

type Quiet = 'off' | 'none' | 'own';

function QuietHours({ composer }: { composer: Composer }) {
  const { draft, changeSettings } = composer;
  const before = draft.quietHours;
  const [kind, setKind] = useState<Quiet>(before === null ? 'off' : before === 'none' ? 'none' : 'own');
  const [hours, setHours] = useState(typeof before === 'object' && before ? before : { from: '21:00', to: '08:00' });
  const choose = (chosen: Quiet, times = hours) => {
    setKind(chosen);
    setHours(times);
    if (chosen === 'own' && (times.from === '' || times.to === '' || times.from === times.to)) return;
    changeSettings({ quietHours: chosen === 'off' ? null : chosen === 'none' ? 'none' : times });
  };
  return (
    <fieldset className={styles.group}>
      <legend className={styles.legend}>{words.quiet}</legend>
      <p className="muted">{words.quietHint}</p>
      <SegmentedControl
        aria-label={words.quiet}
        value={kind}
        data={[
          { value: 'off', label: words.quietOff },
          { value: 'none', label: words.quietNone },
          { value: 'own', label: words.quietOwn },
        ]}
        onChange={(value) => choose(value as Quiet)}
      />
      {kind === 'own' ? (
        <div className={styles.pair}>
          <TextInput
            type="time"
            label={words.from}
            value={hours.from}
            onChange={(event) => choose('own', { ...hours, from: event.currentTarget.value })}
          />
          <TextInput
            type="time"
            label={words.to}
            value={hours.to}
            onChange={(event) => choose('own', { ...hours, to: event.currentTarget.value })}
          />
        </div>
      ) : null}
    </fieldset>
  );
}
