import { Checkbox, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { Settings, SettingsChange } from '../../../../../src/contract/settings.ts';
import { Button } from '../../../components/button.tsx';
import { Card } from '../../../components/card.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { toasts } from '../../../components/toast-store.ts';
import { useCan } from '../../../lib/access.ts';
import { useChangeSettings } from '../api/change-settings.ts';
import { useSettings } from '../api/get-settings.ts';
import { minutesText, readMinutes } from '../retry-minutes.ts';
import { strings } from '../strings.ts';
import { LinkDomain } from './link-domain.tsx';
import styles from './settings.module.css';

/** What campaigns of the workspace begin with, and what it asks of its members. */
export function WorkspacePart() {
  const settings = useSettings();
  if (settings.isError) return <ProblemNote error={settings.error} onRetry={() => void settings.refetch()} />;
  if (!settings.data) return <Skeleton width={320} height={120} />;
  return <WorkspaceForm settings={settings.data} />;
}

interface Fields {
  readonly name: string;
  readonly timezone: string;
  readonly from: string;
  readonly retry: string;
  readonly quietFrom: string;
  readonly quietTo: string;
  readonly opens: boolean;
  readonly clicks: boolean;
  readonly keepClientDetails: boolean;
  readonly trackingDomain: string;
  readonly requireSecondFactor: boolean;
  readonly auditDays: string;
  readonly returnPathDomain: string;
  readonly softBounceDays: string;
  readonly attachmentHosts: string;
}

function fieldsOf(settings: Settings): Fields {
  return {
    name: settings.name,
    timezone: settings.timezone ?? '',
    from: settings.from ?? '',
    retry: minutesText(settings.retry?.delaysSeconds),
    quietFrom: settings.quietHours?.from ?? '',
    quietTo: settings.quietHours?.to ?? '',
    opens: settings.tracking?.opens ?? false,
    clicks: settings.tracking?.clicks ?? false,
    keepClientDetails: settings.keepClientDetails ?? false,
    trackingDomain: settings.trackingDomain ?? '',
    requireSecondFactor: settings.requireSecondFactor ?? false,
    auditDays: settings.auditDays === null ? '' : String(settings.auditDays),
    returnPathDomain: settings.returnPathDomain ?? '',
    softBounceDays: settings.softBounceDays === null ? '' : String(settings.softBounceDays),
    attachmentHosts: (settings.attachmentHosts ?? []).map(({ host }) => host).join(', '),
  };
}

/** Where nothing stands, the built-in default holds. */
const TEXTS = ['timezone', 'from', 'trackingDomain', 'returnPathDomain'] as const;

/** Only what was changed: what others change meanwhile stays. */
function changeOf(fields: Fields, before: Fields, settings: Settings): SettingsChange {
  const isChanged = (...names: ReadonlyArray<keyof Fields>) => names.some((name) => fields[name] !== before[name]);
  const delaysSeconds = readMinutes(fields.retry);
  const { quietFrom, quietTo } = fields;
  const quietHours =
    quietFrom === '' && quietTo === '' ? null : { ...settings.quietHours, from: quietFrom, to: quietTo };
  return {
    ...Object.fromEntries(TEXTS.filter((name) => isChanged(name)).map((name) => [name, fields[name].trim() || null])),
    ...(isChanged('name') ? { name: fields.name.trim() } : {}),
    ...(isChanged('retry') ? { retry: delaysSeconds ? { ...settings.retry, delaysSeconds } : null } : {}),
    ...(isChanged('quietFrom', 'quietTo') ? { quietHours } : {}),
    ...(isChanged('opens', 'clicks') ? { tracking: { opens: fields.opens, clicks: fields.clicks } } : {}),
    ...(isChanged('keepClientDetails') ? { keepClientDetails: fields.keepClientDetails || null } : {}),
    ...(isChanged('requireSecondFactor') ? { requireSecondFactor: fields.requireSecondFactor || null } : {}),
    ...(isChanged('auditDays') ? { auditDays: numberOf(fields.auditDays) } : {}),
    ...(isChanged('softBounceDays') ? { softBounceDays: numberOf(fields.softBounceDays) } : {}),
    ...(isChanged('attachmentHosts') ? { attachmentHosts: hostsOf(fields.attachmentHosts, settings) } : {}),
  };
}

/** A host that stays keeps what was allowed of it. */
function hostsOf(text: string, { attachmentHosts }: Settings): Settings['attachmentHosts'] {
  const hosts = text.split(/[\s,;]+/).filter((host) => host !== '');
  return hosts.length === 0
    ? null
    : hosts.map((host) => attachmentHosts?.find((known) => known.host === host) ?? { host });
}

function numberOf(text: string): number | null {
  return text.trim() === '' ? null : Number(text);
}

type BoxField = 'opens' | 'clicks' | 'keepClientDetails' | 'requireSecondFactor';
type TextField = Exclude<keyof Fields, BoxField>;

function WorkspaceForm({ settings }: { settings: Settings }) {
  const words = strings.workspace;
  const canChange = useCan('admin');
  const change = useChangeSettings();
  const before = fieldsOf(settings);
  const [fields, setFields] = useState(before);
  const edit = (part: Partial<Fields>) => setFields((now) => ({ ...now, ...part }));
  const text = (name: TextField) => ({
    value: fields[name],
    readOnly: !canChange,
    onChange: (event: { currentTarget: { value: string } }) => edit({ [name]: event.currentTarget.value }),
  });
  const box = (name: BoxField) => ({
    checked: fields[name],
    disabled: !canChange,
    onChange: (event: { currentTarget: { checked: boolean } }) => edit({ [name]: event.currentTarget.checked }),
  });
  const isRetryWrong = readMinutes(fields.retry) === undefined;
  const changed = changeOf(fields, before, settings);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate(changed, {
      onSuccess: (saved) => {
        setFields(fieldsOf(saved));
        toasts.say(strings.saved);
      },
    });
  };
  return (
    <form className={styles.narrow} onSubmit={submit}>
      {canChange ? null : <p className="muted">{words.readOnly}</p>}
      <Card title={words.general}>
        <div className={styles.pair}>
          <TextInput label={strings.name} required withAsterisk={false} maxLength={200} {...text('name')} />
          <TextInput
            label={words.timezone}
            description={words.timezoneHint}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            spellCheck={false}
            autoComplete="off"
            list="time-zones"
            {...text('timezone')}
          />
        </div>
        <datalist id="time-zones">
          {Intl.supportedValuesOf('timeZone').map((zone) => (
            <option key={zone} value={zone} />
          ))}
        </datalist>
        <TextInput
          label={words.from}
          description={words.fromHint}
          spellCheck={false}
          autoComplete="off"
          {...text('from')}
        />
      </Card>
      <Card title={words.sending}>
        <TextInput
          label={words.retry}
          description={words.retryHint}
          error={isRetryWrong ? words.retryWrong : null}
          {...text('retry')}
        />
        <fieldset className={styles.fieldset}>
          <legend>{words.quiet}</legend>
          <div className={styles.pair}>
            <TextInput type="time" label={words.quietFrom} {...text('quietFrom')} />
            <TextInput type="time" label={words.quietTo} {...text('quietTo')} />
          </div>
          <p className="muted">{words.quietHint}</p>
        </fieldset>
        <TextInput
          label={words.attachmentHosts}
          description={words.attachmentHostsHint}
          spellCheck={false}
          autoComplete="off"
          {...text('attachmentHosts')}
        />
      </Card>
      <Card title={words.engagement}>
        <div className={styles.pair}>
          <Checkbox label={words.opens} {...box('opens')} />
          <Checkbox label={words.clicks} {...box('clicks')} />
        </div>
        <Checkbox label={words.keepClientDetails} description={words.keepHint} {...box('keepClientDetails')} />
        <TextInput
          label={words.trackingDomain}
          description={words.trackingHint}
          spellCheck={false}
          autoComplete="off"
          {...text('trackingDomain')}
        />
        <LinkDomain settings={settings} />
      </Card>
      <Card title={words.bounces}>
        <TextInput
          label={words.returnPathDomain}
          description={words.returnPathHint}
          spellCheck={false}
          autoComplete="off"
          {...text('returnPathDomain')}
        />
        <TextInput
          label={words.softBounceDays}
          description={words.softBounceHint}
          inputMode="numeric"
          {...text('softBounceDays')}
        />
      </Card>
      <Card title={words.security}>
        <Checkbox label={words.requireSecondFactor} description={words.requireHint} {...box('requireSecondFactor')} />
        <TextInput label={words.auditDays} description={words.auditHint} inputMode="numeric" {...text('auditDays')} />
      </Card>
      {change.error ? <ProblemNote error={change.error} /> : null}
      {canChange ? (
        <div className={styles.buttons}>
          <Button
            type="submit"
            kind="primary"
            busy={change.isPending}
            disabled={isRetryWrong || Object.keys(changed).length === 0}
          >
            {strings.save}
          </Button>
        </div>
      ) : null}
    </form>
  );
}
