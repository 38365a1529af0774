import type { Alert, AlertKind } from '../../../../src/contract/alerts.ts';
import { countText } from '../../lib/numbers.ts';
import { strings } from './strings.ts';

export function kindWord(kind: string): string {
  return strings.alerts.kinds[kind as AlertKind] ?? kind;
}

const SHARES: readonly string[] = ['error-rate', 'disk-full'];
const COUNTED: readonly string[] = ['error-rate', 'disk-full', 'queue-backlog', 'database'];

/** `62 %`, `812 ms`, `1,204`; null for what holds or does not. */
function valueText(kind: string, value: number | null): string | null {
  if (value === null || !COUNTED.includes(kind)) return null;
  if (SHARES.includes(kind)) return `${countText(Math.round(value * 100))} %`;
  return kind === 'database' ? `${countText(value)} ms` : countText(value);
}

/** Whether a kind has thresholds that mean something. */
export function isCounted(kind: string): boolean {
  return COUNTED.includes(kind);
}

export function measuredText({ kind, value, threshold }: Pick<Alert, 'kind' | 'value' | 'threshold'>): string {
  const now = valueText(kind, value);
  const at = valueText(kind, threshold);
  if (now === null) return '';
  return at === null ? now : strings.alerts.measured({ value: now, threshold: at });
}
