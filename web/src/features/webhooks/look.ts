import type { Webhook, WebhookDelivery } from '../../../../src/contract/webhooks.ts';
import type { Tone } from '../../components/status-mark.tsx';
import { strings } from './strings.ts';

interface Look {
  readonly tone: Tone;
  readonly word: string;
}

export function lookOfWebhook({ state, stateReason, failingSince }: Webhook): Look {
  if (state === 'disabled') return { tone: stateReason === null ? 'quiet' : 'bad', word: strings.states.disabled };
  if (failingSince !== null) return { tone: 'warning', word: strings.states.failing };
  return { tone: 'good', word: strings.states.active };
}

const TONES: Readonly<Record<string, Tone>> = { pending: 'busy', delivered: 'good', failed: 'bad' };

export function lookOfDelivery({ state }: WebhookDelivery): Look {
  const word = strings.deliveryStates[state as keyof typeof strings.deliveryStates];
  return { tone: TONES[state] ?? 'quiet', word };
}

/** `204`, `no answer`; empty before the first attempt. */
export function lastAnswer({ tries }: WebhookDelivery): string {
  const last = tries.at(-1);
  if (last === undefined) return '';
  return last.status === null ? strings.page.noAnswer : String(last.status);
}
