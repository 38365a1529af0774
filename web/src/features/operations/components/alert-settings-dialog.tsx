import { Switch, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { AlertKind, AlertRules, AlertSettings } from '../../../../../src/contract/alerts.ts';
import { Button } from '../../../components/button.tsx';
import { Dialog, FormDialog } from '../../../components/dialog.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { toasts } from '../../../components/toast-store.ts';
import {
  type ChannelFields,
  changeOf,
  channelFieldsOf,
  isNumber,
  makeSecret,
  type RuleFields,
  ruleFieldsOf,
} from '../alert-form.ts';
import { isCounted, kindWord } from '../alert-words.ts';
import { useAlertChannels, useAlertRules, useSaveAlertSettings } from '../api/alert-settings.ts';
import { strings } from '../strings.ts';
import styles from './operations.module.css';

const WIDTH = 680;

/** Mounted while it is open, so that it begins with what holds. */
export function AlertSettingsDialog({ onClose }: { onClose: () => void }) {
  const rules = useAlertRules();
  const channels = useAlertChannels();
  const error = rules.error ?? channels.error;
  if (rules.data && channels.data !== undefined)
    return <Editor rules={rules.data.items} channels={channels.data} onClose={onClose} />;
  return (
    <Dialog opened onClose={onClose} title={strings.alerts.editor.title} width={WIDTH}>
      {error ? <ProblemNote error={error} /> : <Skeleton height={320} />}
    </Dialog>
  );
}

interface EditorProps {
  readonly rules: AlertRules['items'];
  readonly channels: AlertSettings | null;
  readonly onClose: () => void;
}

function Editor({ rules, channels: before, onClose }: EditorProps) {
  const [fields, setFields] = useState(() => ruleFieldsOf(rules, 'inForce'));
  const [channels, setChannels] = useState(() => channelFieldsOf(before));
  const save = useSaveAlertSettings();
  const words = strings.alerts.editor;
  const isWrong = Object.values(fields).some((rule) => ![rule.raiseAt, rule.clearAt, rule.forSeconds].every(isNumber));
  const onSuccess = () => {
    toasts.say(words.saved);
    onClose();
  };
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={words.title}
      width={WIDTH}
      submit={words.submit}
      busy={save.isPending}
      error={save.error}
      disabled={isWrong}
      onSubmit={() => save.mutate(changeOf(rules, fields, channels, before), { onSuccess })}
    >
      <div className={styles.rules}>
        <div className={`${styles.rule} ${styles.ruleHead}`} aria-hidden="true">
          <span>{words.kind}</span>
          <span>{words.on}</span>
          <span>{words.raiseAt}</span>
          <span>{words.clearAt}</span>
          <span>{words.forSeconds}</span>
        </div>
        {rules.map(({ kind }) => {
          const rule = fields[kind];
          if (!rule) return null;
          const onChange = (change: Partial<RuleFields>) => setFields({ ...fields, [kind]: { ...rule, ...change } });
          return <Rule key={kind} kind={kind as AlertKind} rule={rule} onChange={onChange} />;
        })}
        <div>
          <Button onClick={() => setFields(ruleFieldsOf(rules, 'builtIn'))}>{words.builtIn}</Button>
        </div>
      </div>
      <Channels channels={channels} hasSecret={before?.webhook != null} onChange={setChannels} />
    </FormDialog>
  );
}

interface RuleProps {
  readonly kind: AlertKind;
  readonly rule: RuleFields;
  readonly onChange: (change: Partial<RuleFields>) => void;
}

function Rule({ kind, rule, onChange }: RuleProps) {
  const words = strings.alerts.editor;
  const number = (name: 'raiseAt' | 'clearAt' | 'forSeconds') => (
    <span>
      <span className={`${styles.narrow} ${styles.note}`}>{words[name]}</span>
      <TextInput
        size="xs"
        inputMode="decimal"
        aria-label={`${kindWord(kind)}: ${words[name]}`}
        disabled={!rule.enabled}
        error={!isNumber(rule[name])}
        value={rule[name]}
        onChange={(event) => onChange({ [name]: event.currentTarget.value })}
      />
    </span>
  );
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be a row of this grid in every browser
    <div className={styles.rule} role="group" aria-label={kindWord(kind)}>
      <span>
        {kindWord(kind)}
        <br />
        <span className={styles.note}>{strings.alerts.meanings[kind]}</span>
      </span>
      <Switch
        size="xs"
        aria-label={`${kindWord(kind)}: ${words.on}`}
        checked={rule.enabled}
        onChange={(event) => onChange({ enabled: event.currentTarget.checked })}
      />
      {isCounted(kind) ? number('raiseAt') : <span />}
      {isCounted(kind) ? number('clearAt') : <span />}
      {number('forSeconds')}
    </div>
  );
}

interface ChannelsProps {
  readonly channels: ChannelFields;
  readonly hasSecret: boolean;
  readonly onChange: (channels: ChannelFields) => void;
}

function Channels({ channels, hasSecret, onChange }: ChannelsProps) {
  const words = strings.alerts.editor;
  const set = (change: Partial<ChannelFields>) => onChange({ ...channels, ...change });
  return (
    <section className={styles.channels}>
      <h3>{words.channels}</h3>
      <TextInput
        label={words.url}
        description={words.urlHint}
        type="url"
        value={channels.url}
        onChange={(event) => set({ url: event.currentTarget.value })}
      />
      {channels.url.trim() === '' ? null : (
        <div className={styles.secret}>
          <TextInput
            label={words.secret}
            description={words.secretHint}
            autoComplete="off"
            spellCheck={false}
            placeholder={hasSecret ? words.secretKept : ''}
            value={channels.secret}
            onChange={(event) => set({ secret: event.currentTarget.value })}
          />
          <Button onClick={() => set({ secret: makeSecret() })}>{words.makeSecret}</Button>
        </div>
      )}
      <TextInput
        label={words.email}
        description={words.emailHint}
        value={channels.email}
        onChange={(event) => set({ email: event.currentTarget.value })}
      />
    </section>
  );
}
