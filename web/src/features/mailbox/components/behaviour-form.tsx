import { NativeSelect, NumberInput, Switch, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { SandboxBehaviour, SandboxDrop, SandboxRefusal } from '../../../../../src/contract/sandbox.ts';
import { Button } from '../../../components/button.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { useSetBehaviour } from '../api/set-behaviour.ts';
import { behaviourWords, WELL_BEHAVED } from '../behaviour-words.ts';
import { REPLIES } from '../replies.ts';
import { strings } from '../strings.ts';
import styles from './dialog.module.css';

const words = strings.behaviour;

const EVERYBODY = { matching: '', sharePercent: 100 };
const REFUSAL: SandboxRefusal = { reply: REPLIES[0].reply, firstAttemptOnly: false, matching: '', sharePercent: 20 };
const DROP: SandboxDrop = { keepMessage: false, ...EVERYBODY };
const OTHER = 'other';

export function BehaviourForm({ behaviour, onDone }: { behaviour: SandboxBehaviour; onDone: () => void }) {
  const [draft, setDraft] = useState(behaviour);
  const save = useSetBehaviour();
  const change = (part: Partial<SandboxBehaviour>) => setDraft({ ...draft, ...part });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate(draft, { onSuccess: onDone });
  };
  return (
    <form className={styles.dialog} onSubmit={submit}>
      <div className={styles.group}>
        <Switch
          label={words.refuse}
          checked={draft.refuse !== null}
          onChange={(event) => change({ refuse: event.currentTarget.checked ? REFUSAL : null })}
        />
        {draft.refuse ? <Refusal refusal={draft.refuse} onChange={(refuse) => change({ refuse })} /> : null}
      </div>
      <div className={styles.group}>
        <Switch
          label={words.drop}
          checked={draft.drop !== null}
          onChange={(event) => change({ drop: event.currentTarget.checked ? DROP : null })}
        />
        {draft.drop ? <Drop drop={draft.drop} onChange={(drop) => change({ drop })} /> : null}
      </div>
      <div className={styles.group}>
        <NumberInput
          label={words.delay}
          min={0}
          max={60_000}
          step={100}
          value={draft.delayMs}
          onChange={(value) => change({ delayMs: Number(value) || 0 })}
        />
      </div>
      {save.error ? <ProblemNote error={save.error} /> : null}
      <div className={styles.buttons}>
        {behaviourWords(draft) ? <Button onClick={() => setDraft(WELL_BEHAVED)}>{words.reset}</Button> : null}
        <Button type="submit" kind="primary" busy={save.isPending}>
          {words.save}
        </Button>
      </div>
    </form>
  );
}

function Refusal({ refusal, onChange }: { refusal: SandboxRefusal; onChange: (refusal: SandboxRefusal) => void }) {
  const preset = REPLIES.find((each) => each.reply === refusal.reply);
  const pick = (reply: string) => {
    const picked = REPLIES.find((each) => each.reply === reply);
    onChange({ ...refusal, reply: picked?.reply ?? '550 ', firstAttemptOnly: picked?.firstAttemptOnly ?? false });
  };
  return (
    <div className={styles.indented}>
      <NativeSelect
        className={styles.wide}
        label={words.reply}
        value={preset?.reply ?? OTHER}
        data={[
          ...REPLIES.map(({ id, reply }) => ({ label: words.replies[id], value: reply })),
          { label: words.custom, value: OTHER },
        ]}
        onChange={(event) => pick(event.currentTarget.value)}
      />
      {preset ? null : (
        <TextInput
          className={styles.wide}
          aria-label={words.custom}
          required
          pattern="[45][0-9]{2} .+"
          value={refusal.reply}
          onChange={(event) => onChange({ ...refusal, reply: event.currentTarget.value })}
        />
      )}
      <Whom whom={refusal} onChange={(whom) => onChange({ ...refusal, ...whom })} />
      <Switch
        className={styles.wide}
        label={words.firstOnly}
        checked={refusal.firstAttemptOnly}
        onChange={(event) => onChange({ ...refusal, firstAttemptOnly: event.currentTarget.checked })}
      />
    </div>
  );
}

function Drop({ drop, onChange }: { drop: SandboxDrop; onChange: (drop: SandboxDrop) => void }) {
  return (
    <div className={styles.indented}>
      <Whom whom={drop} onChange={(whom) => onChange({ ...drop, ...whom })} />
      <Switch
        className={styles.wide}
        label={words.keepMessage}
        checked={drop.keepMessage}
        onChange={(event) => onChange({ ...drop, keepMessage: event.currentTarget.checked })}
      />
    </div>
  );
}

type WhomValue = typeof EVERYBODY;

function Whom({ whom, onChange }: { whom: WhomValue; onChange: (whom: WhomValue) => void }) {
  const { matching, sharePercent } = whom;
  return (
    <>
      <TextInput
        label={words.matching}
        placeholder={words.everybody}
        value={matching}
        onChange={(event) => onChange({ matching: event.currentTarget.value, sharePercent })}
      />
      <NumberInput
        label={words.share}
        min={0}
        max={100}
        value={sharePercent}
        onChange={(value) => onChange({ matching, sharePercent: Number(value) || 0 })}
      />
    </>
  );
}
