import { Checkbox, NumberInput, Radio, SegmentedControl, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useAccountChoices } from '../../../components/use-choices.ts';
import { strings } from '../strings.ts';
import type { Composer } from '../use-composer.ts';
import styles from './composer.module.css';
import { TrackingSettings } from './tracking-settings.tsx';

const words = strings.sender;
const EXAMPLE = 'News <news@example.com>';
const PRIORITIES = { low: -10, normal: 0, high: 10 } as const;

/** From whom, through which accounts, what is counted of it, and how fast. */
export function SenderStep({ composer }: { composer: Composer }) {
  const { draft, changeSettings } = composer;
  return (
    <>
      <div className={styles.group}>
        <TextInput
          label={words.from}
          description={words.fromHint}
          placeholder={EXAMPLE}
          defaultValue={draft.from ?? ''}
          maxLength={500}
          onBlur={(event) => {
            const from = event.currentTarget.value.trim();
            if (from !== (draft.from ?? '')) changeSettings({ from: from === '' ? null : from });
          }}
        />
        <TextInput
          label={words.replyTo}
          defaultValue={draft.replyTo ?? ''}
          maxLength={500}
          onBlur={(event) => {
            const replyTo = event.currentTarget.value.trim();
            if (replyTo !== (draft.replyTo ?? '')) changeSettings({ replyTo: replyTo === '' ? null : replyTo });
          }}
        />
      </div>
      <Accounts composer={composer} />
      <TrackingSettings composer={composer} />
      <div className={styles.group}>
        <h2>{words.pace}</h2>
        <NumberInput
          label={words.rateLimit}
          description={words.rateHint}
          min={1}
          allowDecimal={false}
          thousandSeparator
          defaultValue={draft.rateLimit ?? ''}
          onChange={(value) => {
            changeSettings({ rateLimit: Number(value) >= 1 ? Number(value) : null });
          }}
        />
        <SegmentedControl
          aria-label={words.priority}
          defaultValue={draft.priority > 0 ? 'high' : draft.priority < 0 ? 'low' : 'normal'}
          data={(['low', 'normal', 'high'] as const).map((value) => ({ value, label: words.priorities[value] }))}
          onChange={(value) => changeSettings({ priority: PRIORITIES[value as keyof typeof PRIORITIES] })}
        />
      </div>
    </>
  );
}

function Accounts({ composer }: { composer: Composer }) {
  const { draft, changeSettings } = composer;
  const accounts = useAccountChoices().data ?? [];
  const [chosen, setChosen] = useState<readonly string[]>(draft.accountIds);
  const [isSome, setIsSome] = useState(draft.accountIds.length > 0);
  const choose = (accountIds: string[]) => {
    setChosen(accountIds);
    changeSettings({ accountIds });
  };
  return (
    <fieldset className={styles.group}>
      <legend className={styles.legend}>{words.accounts}</legend>
      <Radio
        size="xs"
        name="accounts"
        label={words.all}
        checked={!isSome}
        onChange={() => {
          setIsSome(false);
          choose([]);
        }}
      />
      <Radio size="xs" name="accounts" label={words.some} checked={isSome} onChange={() => setIsSome(true)} />
      {isSome ? (
        <div className={styles.options}>
          {accounts.map(({ id, name, state }) => (
            <Checkbox
              key={id}
              size="xs"
              label={state === 'active' ? name : `${name} (${words.paused})`}
              checked={chosen.includes(id)}
              onChange={() => choose(chosen.includes(id) ? chosen.filter((each) => each !== id) : [...chosen, id])}
            />
          ))}
        </div>
      ) : null}
    </fieldset>
  );
}
