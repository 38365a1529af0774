import { Checkbox, Radio, TextInput } from '@mantine/core';
import { useState } from 'react';
import { strings } from '../strings.ts';
import type { Composer } from '../use-composer.ts';
import styles from './composer.module.css';

const words = strings.tracking;
const PARAMETERS = ['source', 'medium', 'campaign'] as const;

/** Whether opens and clicks are counted, and what links tell the site they lead to. */
export function TrackingSettings({ composer }: { composer: Composer }) {
  return (
    <>
      <Counted composer={composer} />
      <LinkParameters composer={composer} />
    </>
  );
}

function Counted({ composer: { draft, changeSettings } }: { composer: Composer }) {
  const [own, setOwn] = useState(draft.tracking);
  const change = (tracking: typeof own) => {
    setOwn(tracking);
    changeSettings({ tracking });
  };
  return (
    <fieldset className={styles.group}>
      <legend className={styles.legend}>{words.title}</legend>
      <Radio size="xs" name="tracking" label={words.usual} checked={own === null} onChange={() => change(null)} />
      <Radio
        size="xs"
        name="tracking"
        label={words.own}
        checked={own !== null}
        onChange={() => change({ opens: false, clicks: false })}
      />
      {own === null ? null : (
        <div className={styles.options}>
          {(['opens', 'clicks'] as const).map((what) => (
            <Checkbox
              key={what}
              size="xs"
              label={words[what]}
              checked={own[what] ?? false}
              onChange={(event) => change({ ...own, [what]: event.currentTarget.checked })}
            />
          ))}
        </div>
      )}
    </fieldset>
  );
}

function LinkParameters({ composer: { draft, changeSettings } }: { composer: Composer }) {
  const [utm, setUtm] = useState(draft.utm ?? {});
  const change = (name: (typeof PARAMETERS)[number], value: string) => {
    if (value === (utm[name] ?? '')) return;
    const { [name]: _, ...others } = utm;
    const changed: typeof utm = value === '' ? others : { ...utm, [name]: value };
    setUtm(changed);
    changeSettings({ utm: PARAMETERS.some((each) => changed[each]) ? changed : null });
  };
  return (
    <div className={styles.group}>
      <h2>{words.parameters}</h2>
      <p className="muted">{words.parametersHint}</p>
      {PARAMETERS.map((name) => (
        <TextInput
          key={name}
          label={`utm_${name}`}
          defaultValue={utm[name] ?? ''}
          maxLength={200}
          spellCheck={false}
          autoComplete="off"
          onBlur={(event) => change(name, event.currentTarget.value.trim())}
        />
      ))}
    </div>
  );
}
