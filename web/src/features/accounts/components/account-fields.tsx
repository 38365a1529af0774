import { Checkbox, NativeSelect, PasswordInput, TextInput } from '@mantine/core';
import type { AccountFields, LimitField } from '../account-form.ts';
import { strings } from '../strings.ts';
import styles from './accounts.module.css';

const LIMITS: readonly LimitField[] = ['perSecond', 'perMinute', 'perHour', 'perDay'];
const TUNING = [
  'maxConnections',
  'batchSize',
  'batchDelayMs',
  'maxMessagesPerConnection',
  'timeoutMs',
  'weight',
] as const;
const SECURE = ['starttls', 'tls', 'none'] as const;

interface AccountFieldsProps {
  readonly fields: AccountFields;
  readonly onChange: (change: Partial<AccountFields>) => void;
  /** Numbers that are none. */
  readonly bad: ReadonlySet<string>;
  /** It has a user name and a password already, which nobody sees. */
  readonly hasLogin: boolean;
  readonly isForgotten: boolean;
  readonly onForget: (isForgotten: boolean) => void;
}

export function AccountFormFields(props: AccountFieldsProps) {
  const { fields, onChange, bad, hasLogin, isForgotten, onForget } = props;
  const words = strings.form;
  const text = (name: keyof AccountFields) => ({
    value: fields[name],
    error: bad.has(name) ? words.number : null,
    onChange: (event: { currentTarget: { value: string } }) => onChange({ [name]: event.currentTarget.value }),
  });
  const kept = hasLogin && !isForgotten ? { placeholder: words.passwordKept } : {};
  return (
    <>
      <TextInput label={words.name} required data-autofocus maxLength={200} {...text('name')} />
      <div className={styles.server}>
        <TextInput label={words.host} required spellCheck={false} autoComplete="off" {...text('host')} />
        <TextInput label={words.port} inputMode="numeric" autoComplete="off" {...text('port')} />
        <NativeSelect
          label={words.secure}
          value={fields.secure}
          onChange={(event) => onChange({ secure: event.currentTarget.value as AccountFields['secure'] })}
          data={SECURE.map((value) => ({ value, label: words[value] }))}
        />
      </div>
      {fields.secure === 'none' ? <p className={styles.note}>{words.noneWarns}</p> : null}
      <div className={styles.fields}>
        <TextInput
          label={words.username}
          autoComplete="off"
          spellCheck={false}
          disabled={isForgotten}
          {...kept}
          {...text('username')}
        />
        <PasswordInput
          label={words.password}
          autoComplete="new-password"
          disabled={isForgotten}
          {...kept}
          {...text('password')}
        />
      </div>
      {hasLogin ? (
        <>
          <p className={styles.note}>{words.passwordKeptWhy}</p>
          <Checkbox
            label={words.forget}
            checked={isForgotten}
            onChange={(event) => onForget(event.currentTarget.checked)}
          />
        </>
      ) : null}
      <TextInput label={words.from} description={words.fromHint} autoComplete="off" {...text('from')} />
      <fieldset className={styles.group}>
        <legend>{words.limits}</legend>
        <div className={`${styles.fields} ${styles.limits}`}>
          {LIMITS.map((name) => (
            <TextInput
              key={name}
              label={strings.limitWords[name]}
              inputMode="numeric"
              autoComplete="off"
              {...text(name)}
            />
          ))}
        </div>
        <p className={styles.note}>{words.limitsHint}</p>
      </fieldset>
      <details className={styles.more}>
        <summary>{words.more}</summary>
        <div className={styles.fields}>
          {TUNING.map((name) => (
            <TextInput key={name} label={words[name]} inputMode="numeric" autoComplete="off" {...text(name)} />
          ))}
          <TextInput
            label={words.serverGroup}
            description={words.serverGroupHint}
            autoComplete="off"
            {...text('serverGroup')}
          />
        </div>
      </details>
    </>
  );
}
