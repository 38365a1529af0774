import { REPLY_CLASSES, type ReplyClassName } from '../mail/classify/reply-classes.ts';

/** Why it came back or is late, in words; null for events that say all with their name. */
export function eventWords(type: string, data: unknown): string | null {
  const told = (typeof data === 'object' && data !== null ? data : {}) as Record<string, unknown>;
  if (type === 'complained') return typeof told.feedback === 'string' ? `reported as ${told.feedback}` : null;
  if (type === 'opened' || type === 'clicked') return readingWords(told);
  if (type !== 'bounced' && type !== 'delayed' && type !== 'rejected') return null;
  const info = REPLY_CLASSES[told.class as ReplyClassName] as { readonly explanation: string } | undefined;
  const kind = type !== 'bounced' ? '' : told.hard === true ? 'for good' : 'for now';
  const words = [kind, info?.explanation, typeof told.response === 'string' ? `“${told.response}”` : undefined];
  return words.filter((word) => word !== undefined && word !== '').join(': ') || null;
}

/** Which link, and whether a person did it. */
function readingWords({ url, machine, why }: Record<string, unknown>): string | null {
  const by = machine === true ? `by a program${typeof why === 'string' ? ` (${why})` : ''}` : undefined;
  return [typeof url === 'string' ? url : undefined, by].filter((word) => word !== undefined).join(', ') || null;
}
