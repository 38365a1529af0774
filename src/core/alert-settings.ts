import {
  ALERT_KINDS,
  type AlertKind,
  type AlertRules,
  type AlertSettings,
  type AlertSettingsChange,
} from '../contract/alerts.ts';
import { type AlertRule, DEFAULT_RULES } from '../domain/alert-rules.ts';
import { parseEmailAddress } from '../domain/email-address.ts';
import { AppError } from '../errors.ts';
import type { SecretBox } from '../lib/secret-box.ts';
import { webhookKey } from '../lib/standard-webhook.ts';
import { invalid } from './content.ts';
import { type Caller, hasRole } from './context.ts';

/** As a workspace keeps it: the webhook's secret is sealed. */
export interface StoredAlertSettings {
  readonly rules?: AlertSettings['rules'];
  readonly webhook?: {
    readonly url: string;
    readonly allowPrivateAddresses: boolean;
    readonly sealedSecret: string;
  } | null;
  readonly email?: { readonly to: readonly string[] } | null;
}

/** A rule with the built-in values for what a workspace leaves out. */
export function ruleOf(settings: StoredAlertSettings, kind: AlertKind): AlertRule {
  const given = settings.rules?.[kind] ?? {};
  return { ...DEFAULT_RULES[kind], ...given };
}

/** Every rule as it holds, beside what is built in. */
export function showRules(settings: StoredAlertSettings): AlertRules {
  const items = ALERT_KINDS.map((kind) => ({ kind, inForce: ruleOf(settings, kind), builtIn: DEFAULT_RULES[kind] }));
  return { items };
}

/** What is to be stored after a change; throws VALIDATION for what can never work. */
export function changeAlertSettings(
  secrets: SecretBox,
  caller: Caller,
  before: StoredAlertSettings,
  change: AlertSettingsChange,
): StoredAlertSettings {
  const rules = change.rules ?? before.rules;
  if (rules) for (const kind of ALERT_KINDS) checkRule({ rules }, kind);
  return {
    ...(rules ? { rules } : {}),
    webhook:
      change.webhook === undefined ? (before.webhook ?? null) : readWebhook(secrets, caller, before, change.webhook),
    email: change.email === undefined ? (before.email ?? null) : readEmail(change.email),
  };
}

export function showAlertSettings(stored: StoredAlertSettings): AlertSettings {
  const { rules = {}, webhook, email } = stored;
  return {
    rules,
    webhook: webhook ? { url: webhook.url, allowPrivateAddresses: webhook.allowPrivateAddresses } : null,
    email: email ? { to: [...email.to] } : null,
  };
}

function checkRule(settings: StoredAlertSettings, kind: AlertKind): void {
  const { raiseAt, clearAt } = ruleOf(settings, kind);
  if (clearAt < raiseAt) return;
  throw invalid(
    `alerts/rules/${kind}/clearAt`,
    `must be below raiseAt, but is ${clearAt} where that is ${raiseAt} (what a rule leaves out has the built-in value)`,
  );
}

function readWebhook(
  secrets: SecretBox,
  caller: Caller,
  before: StoredAlertSettings,
  webhook: NonNullable<AlertSettingsChange['webhook']> | null,
): NonNullable<StoredAlertSettings['webhook']> | null {
  if (webhook === null) return null;
  const allowPrivateAddresses = webhook.allowPrivateAddresses ?? before.webhook?.allowPrivateAddresses ?? false;
  if (webhook.allowPrivateAddresses && !hasRole(caller, 'owner'))
    throw new AppError(
      'FORBIDDEN',
      'Only an owner can let a webhook lead into the private network. Nothing was changed.',
    );
  return {
    url: readUrl(webhook.url),
    allowPrivateAddresses,
    sealedSecret: readSecret(secrets, before, webhook.secret),
  };
}

function readUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !['http:', 'https:'].includes(url.protocol))
    throw invalid('alerts/webhook/url', 'must be an address that begins with https:// or http://');
  if (url.username || url.password)
    throw invalid('alerts/webhook/url', 'must not hold a password: requests are signed instead');
  return url.href;
}

function readSecret(secrets: SecretBox, before: StoredAlertSettings, secret: string | undefined): string {
  if (secret === undefined && before.webhook) return before.webhook.sealedSecret;
  if (secret === undefined || !webhookKey(secret))
    throw invalid(
      'alerts/webhook/secret',
      'must be base64 of 24 to 64 bytes, which both sides know; make one with: echo "whsec_$(openssl rand -base64 32)"',
    );
  return secrets.seal(secret).toString('base64');
}

function readEmail(email: AlertSettingsChange['email']): { to: string[] } | null {
  if (!email) return null;
  const to = email.to.map((text, i) => {
    const parsed = parseEmailAddress(text);
    if (parsed.ok) return parsed.address;
    throw invalid(`alerts/email/to/${i}`, `"${text.slice(0, 80)}" is not an email address: ${parsed.reason}`);
  });
  return { to: [...new Set(to)] };
}
