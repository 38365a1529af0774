import type { ReplyClass } from '../../domain/reply-class.ts';
import { type ReplyClassName, replyClass } from './reply-classes.ts';

/** One line of a provider's table: everything that is given must fit. */
export interface ProviderRule {
  readonly status?: number;
  /** The provider's own word or number for it. */
  readonly code?: string | number;
  readonly text?: RegExp;
  readonly name: ReplyClassName;
}

/** What a provider says when it refuses. */
export interface ProviderRefusal {
  readonly status: number;
  readonly code: string | number | null;
  readonly text: string;
}

/** Messages come from strangers: the patterns are bounded, and so is what they look at. */
const MAX_TEXT = 1000;

/** What the status alone says, when no line of the table fits. */
const BY_STATUS: Readonly<Record<number, ReplyClassName>> = {
  401: 'auth-failed',
  402: 'credits-exhausted',
  403: 'relay-denied',
  413: 'message-too-large',
  429: 'account-rate',
};

/** The first line that fits; what no line knows is `refused`: the recipient's, and nothing to suppress an address by. */
export function classifyRefusal(rules: readonly ProviderRule[], refusal: ProviderRefusal): ReplyClass {
  const text = refusal.text.slice(0, MAX_TEXT);
  const rule = rules.find(
    ({ status, code, text: words }) =>
      (status === undefined || status === refusal.status) &&
      (code === undefined || code === refusal.code) &&
      (words === undefined || words.test(text)),
  );
  return replyClass(rule?.name ?? BY_STATUS[refusal.status] ?? 'refused');
}
