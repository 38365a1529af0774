import { Checkbox, NativeSelect, PasswordInput, TextInput } from '@mantine/core';
import type { AccountFields, LimitField } from '../account-form.ts';
import { type KindField, kindOf } from '../account-kinds.ts';
import { strings } from '../strings.ts';
import styles from './accounts.module.css';
import { ServiceAccountFields } from './service-account-fields.tsx';

const LIMITS: readonly LimitField[] = ['perSecond', 'perMinute', 'perHour', 'perDay', 'perUserPerDay'];
const TUNING = [
  'maxConnections',
  'batchSize',
  'batchDelayMs',
  'maxMessagesPerConnection',
  'timeoutMs',
  'weight',
] as const;
const KIND_FIELDS: readonly KindField[] = ['domain', 'region', 'stream', 'adminEmail'];
const SECURE = ['starttls', 'tls', 'none'] as const;

interface AccountFieldsProps {
  readonly fields: AccountFields;
  readonly onChange: (change: Partial<AccountFields>) => void;
  /** Numbers that are none. */
  readonly bad: ReadonlySet<string>;
  /** What the server finds wrong, by field. */
  readonly problems: ReadonlyMap<string, string>;
  /** It has a user name and a password already, which nobody sees. */
  readonly hasLogin: boolean;
  readonly isForgotten: boolean;
  readonly onForget: (isForgotten: boolean) => void;
}

export function AccountFormFields(props: AccountFieldsProps) {
  const { fields, onChange, bad, problems, hasLogin, isForgotten, onForget } = props;
  const words = strings.form;
  const kind = kindOf(fields.type);
  const text = (name: keyof AccountFields) => ({
    value: fields[name],
    error: bad.has(name) ? words.number : (problems.get(name) ?? problems.get(`limits/${name}`) ?? null),
    onChange: (event: { currentTarget: { value: string } }) => onChange({ [name]: event.currentTarget.value }),
  });
  const kept = hasLogin && !isForgotten ? { placeholder: words.passwordKept } : {};
  return (
    <>
      <TextInput label={words.name} required data-autofocus maxLength={200} {...text('name')} />
      {kind === null ? (
        <>
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
        </>
      ) : (
        <div className={styles.fields}>
          {KIND_FIELDS.filter((name) => name in kind.fields).map((name) => (
            <TextInput
              key={name}
              label={words[name]}
              description={name === 'region' && fields.type === 'mailgun' ? words.mailgunRegion : words.kindHints[name]}
              required={kind.fields[name] === true}
              spellCheck={false}
              autoComplete="off"
              {...text(name)}
            />
          ))}
        </div>
      )}
      {kind?.hasUsers ? (
        <ServiceAccountFields
          text={fields.serviceAccountKey}
          problem={problems.get('serviceAccountKey') ?? null}
          isKept={hasLogin}
          onChange={(serviceAccountKey) => onChange({ serviceAccountKey })}
        />
      ) : null}
      <div className={styles.fields} hidden={kind?.hasUsers}>
        {kind === null || kind.hasUsername ? (
          <TextInput
            label={kind === null ? words.username : words.accessKey}
            autoComplete="off"
            spellCheck={false}
            disabled={isForgotten}
            {...kept}
            {...text('username')}
          />
        ) : null}
        <PasswordInput
          label={kind === null ? words.password : kind.hasUsername ? words.secretKey : words.apiKey}
          autoComplete="new-password"
          disabled={isForgotten}
          {...kept}
          {...text('password')}
        />
      </div>
      {hasLogin ? (
        <>
          <p className={styles.note}>{words.passwordKeptWhy}</p>
          {kind === null ? (
            <Checkbox
              label={words.forget}
              checked={isForgotten}
              onChange={(event) => onForget(event.currentTarget.checked)}
            />
          ) : null}
        </>
      ) : null}
      <TextInput label={words.from} description={words.fromHint} autoComplete="off" {...text('from')} />
      <fieldset className={styles.group}>
        <legend>{words.limits}</legend>
        <div className={`${styles.fields} ${styles.limits}`}>
          {LIMITS.filter((name) => name !== 'perUserPerDay' || kind?.hasUsers).map((name) => (
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
          {TUNING.filter((name) => kind === null || name !== 'maxMessagesPerConnection').map((name) => (
            <TextInput key={name} label={words[name]} inputMode="numeric" autoComplete="off" {...text(name)} />
          ))}
          <TextInput
            label={words.serverGroup}
            description={words.serverGroupHint}
            autoComplete="off"
            {...text('serverGroup')}
          />
          {kind === null ? null : (
            <TextInput
              label={words.endpoint}
              description={words.kindHints.endpoint}
              autoComplete="off"
              spellCheck={false}
              {...text('endpoint')}
            />
          )}
        </div>
      </details>
    </>
  );
}
