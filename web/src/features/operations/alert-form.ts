import type { AlertKind, AlertRules, AlertSettings, AlertSettingsChange } from '../../../../src/contract/alerts.ts';

export interface RuleFields {
  readonly enabled: boolean;
  readonly raiseAt: string;
  readonly clearAt: string;
  readonly forSeconds: string;
}

export interface ChannelFields {
  readonly url: string;
  /** Empty keeps the one there is. */
  readonly secret: string;
  /** Addresses with commas between them. */
  readonly email: string;
}

type Rules = AlertRules['items'];

export function ruleFieldsOf(rules: Rules, which: 'inForce' | 'builtIn'): Record<string, RuleFields> {
  return Object.fromEntries(
    rules.map((rule) => {
      const { enabled, raiseAt, clearAt, forSeconds } = rule[which];
      return [
        rule.kind,
        { enabled, raiseAt: String(raiseAt), clearAt: String(clearAt), forSeconds: String(forSeconds) },
      ];
    }),
  );
}

export function channelFieldsOf(settings: AlertSettings | null): ChannelFields {
  return { url: settings?.webhook?.url ?? '', secret: '', email: settings?.email?.to.join(', ') ?? '' };
}

/**
 * What is to be saved. Rules replace all rules, so every one that differs from what is built in is named; the webhook is
 * left alone unless something of it was typed.
 */
export function changeOf(
  rules: Rules,
  fields: Readonly<Record<string, RuleFields>>,
  channels: ChannelFields,
  before: AlertSettings | null,
): AlertSettingsChange {
  const own = rules.flatMap(({ kind, builtIn }) => {
    const typed = fields[kind];
    if (!typed) return [];
    const rule = {
      enabled: typed.enabled,
      raiseAt: Number(typed.raiseAt),
      clearAt: Number(typed.clearAt),
      forSeconds: Number(typed.forSeconds),
    };
    const isBuiltIn =
      rule.enabled === builtIn.enabled &&
      rule.raiseAt === builtIn.raiseAt &&
      rule.clearAt === builtIn.clearAt &&
      rule.forSeconds === builtIn.forSeconds;
    return isBuiltIn ? [] : [[kind as AlertKind, rule] as const];
  });
  const to = channels.email
    .split(',')
    .map((each) => each.trim())
    .filter(Boolean);
  return {
    rules: Object.fromEntries(own),
    ...webhookOf(channels, before),
    email: to.length === 0 ? null : { to },
  };
}

function webhookOf({ url, secret }: ChannelFields, before: AlertSettings | null): Pick<AlertSettingsChange, 'webhook'> {
  const typed = url.trim();
  if (typed === '') return before?.webhook ? { webhook: null } : {};
  if (typed === before?.webhook?.url && secret === '') return {};
  return { webhook: { url: typed, ...(secret === '' ? {} : { secret: secret.trim() }) } };
}

export function isNumber(text: string): boolean {
  return text.trim() !== '' && Number.isFinite(Number(text)) && Number(text) >= 0;
}

/** As `echo "whsec_$(openssl rand -base64 32)"` would: what both sides know (Standard Webhooks). */
export function makeSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return `whsec_${btoa(String.fromCharCode(...bytes))}`;
}
