import { type MailHeaders, readHeaders } from './mail-headers.ts';

/** One recipient's fields of a delivery report (RFC 3464 section 2.3). */
export interface RecipientFields {
  readonly finalRecipient: string | null;
  readonly originalRecipient: string | null;
  readonly action: string;
  readonly status: string | null;
  readonly diagnostic: string;
  readonly remoteMta: string;
}

const MAX_RECIPIENTS = 500;
const OF_A_RECIPIENT =
  /^(?:final-recipient|original-recipient|x-actual-recipient|action|status|diagnostic-code)[ \t]*:/im;

/** The groups of a delivery report, or of a text that holds one: broken mail systems put it there. */
export function readRecipientGroups(text: string): RecipientFields[] {
  const groups: RecipientFields[] = [];
  let open = '';
  for (const block of text.split(/\n[ \t]*\n/)) {
    if (!OF_A_RECIPIENT.test(block)) continue;
    open = open === '' ? block : `${open}\n${block}`;
    if (!/^(?:final|original)-recipient[ \t]*:/im.test(open)) continue;
    for (const single of splitRepeated(open)) groups.push(fieldsOf(readHeaders(single).headers));
    open = '';
    if (groups.length >= MAX_RECIPIENTS) break;
  }
  return groups;
}

/** Groups that follow each other without an empty line: a field that comes again begins the next. */
function splitRepeated(block: string): string[] {
  const out: string[] = [];
  let lines: string[] = [];
  let seen = new Set<string>();
  for (const line of block.split('\n')) {
    const name = /^([A-Za-z-]{4,30})[ \t]*:/.exec(line)?.[1]?.toLowerCase();
    if (name !== undefined && seen.has(name) && /^(?:final-recipient|original-recipient|action)$/.test(name)) {
      out.push(lines.join('\n'));
      lines = [];
      seen = new Set();
    }
    if (name !== undefined) seen.add(name);
    lines.push(line);
  }
  out.push(lines.join('\n'));
  return out;
}

function fieldsOf(fields: MailHeaders): RecipientFields {
  const comment = /\((.{1,500})\)\s*$/.exec(fields.get('status'))?.[1] ?? '';
  return {
    finalRecipient: addressOf(fields.get('final-recipient')),
    originalRecipient: addressOf(fields.get('original-recipient')),
    action: (fields.get('action') || fields.get('ction')).toLowerCase().replace(/[^a-z].*$/s, ''),
    status: /(?<!\d)[245]\.\d{1,3}\.\d{1,3}/.exec(fields.get('status'))?.[0] ?? null,
    diagnostic: [...fields.all('diagnostic-code').map((code) => code.replace(/^[\w.-]{1,40};\s*/, '')), comment]
      .join(' ')
      .trim(),
    remoteMta: fields.get('remote-mta'),
  };
}

/** `rfc822;a@b`, `RFC822; <a@b>`, or an address alone. Null for pipes and files. */
function addressOf(value: string): string | null {
  const bare = value
    .replace(/^[\w-]{1,30};\s*/, '')
    .replace(/^<|>$/g, '')
    .trim();
  return /^[^\s|/][^\s]{0,320}@[^\s@]{1,255}$/.test(bare) ? bare : null;
}
