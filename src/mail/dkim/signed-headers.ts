import { relaxedHeader } from './canonical.ts';

/**
 * What is signed where it is there: all that a reader or a mailbox goes by. RFC 8058 section 4 asks for both headers of
 * one-click unsubscribing.
 */
const SIGNED = [
  'from',
  'reply-to',
  'sender',
  'to',
  'cc',
  'subject',
  'date',
  'message-id',
  'in-reply-to',
  'references',
  'list-id',
  'list-unsubscribe',
  'list-unsubscribe-post',
  'feedback-id',
  'mime-version',
  'content-type',
  'content-transfer-encoding',
] as const;

/**
 * Named once more than they are there, so that nobody can add another one behind our back (RFC 6376 section 8.15): a
 * second From, Subject or way to unsubscribe would be shown under our signature.
 */
const OVERSIGNED = new Set<string>([
  'from',
  'reply-to',
  'sender',
  'to',
  'cc',
  'subject',
  'date',
  'list-unsubscribe',
  'list-unsubscribe-post',
  'mime-version',
  'content-type',
  'content-transfer-encoding',
]);

/** What goes into `h=`, and the fields themselves in relaxed form, in the same order. */
export interface SignedHeaders {
  readonly names: readonly string[];
  readonly canonical: string;
}

/** Of several fields of one name the last is signed first (RFC 6376 section 5.4.2). */
export function signedHeaders(fields: readonly string[]): SignedHeaders {
  const byName = new Map<string, string[]>();
  for (const field of fields) {
    const canonical = relaxedHeader(field);
    const name = canonical.slice(0, canonical.indexOf(':'));
    const known = byName.get(name);
    if (known) known.push(canonical);
    else byName.set(name, [canonical]);
  }
  const names: string[] = [];
  let canonical = '';
  for (const name of SIGNED) {
    for (const field of byName.get(name)?.reverse() ?? []) {
      names.push(name);
      canonical += `${field}\r\n`;
    }
    if (OVERSIGNED.has(name)) names.push(name);
  }
  return { names, canonical };
}
