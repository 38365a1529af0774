import { classifyRefusal, type ProviderRefusal, type ProviderRule } from '../classify/provider-rule.ts';
import type { HttpAnswer } from './http-client.ts';
import type { ProviderAnswer } from './provider.ts';

/** An object of JSON, or null: for answers that should be one and may be anything. */
export function jsonObject(text: string): Readonly<Record<string, unknown>> | null {
  const value = jsonOf(text);
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : null;
}

export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

/** Statuses that mean the same whoever says them. */
const ANYBODYS = new Set([401, 413, 429]);

/**
 * An answer that is not the success of a request. `refusal` is what the provider said, null when the body is not its own.
 * 4yz is a definite no (RFC 9110 section 15.5), except 408 and 499, which speak of a request that did not arrive whole; 5yz and
 * redirects prove nothing: providers have been seen to send what they had answered with 500.
 */
export function readFailure(
  answer: HttpAnswer,
  refusal: Omit<ProviderRefusal, 'status'> | null,
  rules: readonly ProviderRule[],
): ProviderAnswer {
  const { status } = answer;
  if (status < 400 || status >= 500 || status === 408 || status === 499)
    return { kind: 'unclear', text: `the provider answered ${status}: ${wordsOf(answer, refusal)}` };
  if (refusal === null && !ANYBODYS.has(status))
    return { kind: 'not-the-api', text: `${status} ${wordsOf(answer, refusal)}` };
  const text = wordsOf(answer, refusal);
  return { kind: 'refused', text, class: classifyRefusal(rules, { status, code: refusal?.code ?? null, text }) };
}

function wordsOf({ body }: HttpAnswer, refusal: Omit<ProviderRefusal, 'status'> | null): string {
  if (refusal !== null) return refusal.code === null ? refusal.text : `${refusal.text} (${refusal.code})`;
  return (
    body
      .replace(/<[^<>]{0,1000}>/g, ' ')
      .replace(/\s+/g, ' ')
      .trim()
      .slice(0, 200) || 'no words'
  );
}
