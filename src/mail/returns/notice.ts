import { addressesIn, firstAddress, leadingAddress, sameAddress } from './address.ts';

/** What a notice in plain words says of one recipient. */
export interface NoticedRecipient {
  readonly recipient: string;
  readonly words: string;
}

/** Where the words of the mail system end and the returned message begins. */
const COPY =
  /^[ \t]*(?:[-=*_#]{2,40}[ \t]*)?(?:(?:this|below|enclosed|the following|here|attached)(?: this line)? is (?:a |the )?(?:copy of|headers? of) .{0,30}(?:message|mail)\b|(?:the )?(?:header|headers|body|text) of (?:the|your) (?:original|undelivered) |(?:original|returned|unsent|undelivered|undeliverable|bounced) (?:message|mail)(?: (?:follows|headers?|below|as follows|header follows|text|details))?\b|message headers? follow|message (?:contents|text) follow|original mail as follows|received: |return-path: |-+\s*forwarded message|x-google-smtp-source: |from mailer-daemon .{0,60}\d{4}$|arc-seal: |dkim-signature: |mime-version: 1)/im;

const MAX_NOTICE = 64 * 1024;
const MAX_RECIPIENTS = 200;

/** The notice and the returned message of a text that holds both. */
export function splitNotice(text: string): { notice: string; returned: string } {
  const cut = COPY.exec(text);
  const at = cut === null || text.slice(0, cut.index).trim() === '' ? text.length : cut.index;
  return { notice: text.slice(0, Math.min(at, MAX_NOTICE)), returned: text.slice(at) };
}

/** Finds who a notice is about. `own`: the addresses the message came from, which such notices name too. */
export function readNotice(notice: string, own: readonly string[]): NoticedRecipient[] {
  const lines = notice.split('\n', 2000);
  const ways = /^\W{0,20}transcript of session/im.test(notice)
    ? [byLeadingAddress, byTranscript, byKeyword, byToLine]
    : [byLeadingAddress, byKeyword, byTranscript, byToLine];
  for (const find of ways) {
    const found = notOwn(find(lines), own);
    if (found.length > 0) return unique(found).slice(0, MAX_RECIPIENTS);
  }
  const others = notOwn(
    addressesIn(notice).map((recipient) => ({ recipient, words: notice })),
    own,
  ).filter(
    ({ recipient }) => !/^(?:postmaster|mailer-daemon|abuse|support|help\w*|no-?reply|admin\w*)@/i.test(recipient),
  );
  return others.length > 0 ? others.slice(0, 1) : [];
}

type Found = NoticedRecipient & { readonly line: number };

/** Most formats: a line begins with the address, its reason stands behind it or in the lines below. */
function byLeadingAddress(lines: readonly string[]): NoticedRecipient[] {
  const starts: { recipient: string; line: number }[] = [];
  for (const [line, text] of lines.entries()) {
    const trimmed = text.trim();
    if (/^(?:>>>|<<<) [A-Z]{4}\b|^<<</.test(trimmed)) continue;
    const recipient = leadingAddress(trimmed);
    if (recipient !== null && !isProse(trimmed, recipient)) starts.push({ recipient, line });
  }
  return starts.map(({ recipient, line }, at) => {
    const next = starts.slice(at + 1).find((other) => !sameAddress(other.recipient, recipient));
    const own = lines.slice(line, Math.min(next?.line ?? lines.length, line + 40)).join('\n');
    return { recipient, words: own };
  });
}

/** `a@b wrote:`, or a sentence that happens to begin with an address. */
function isProse(line: string, address: string): boolean {
  return / wrote:$/.test(line) || (/^\S{1,400}(?:您好|،|,)$/.test(line) && line.includes(address));
}

const KEYWORDS =
  /\b(?:delivering your mail to|deliver (?:your |the )?(?:message|mail|email) to|(?:was|been|be) (?:not )?(?:successfully )?(?:delivered|sent|delivering) to|(?:following |your |the )(?:message|mail) to|problem delivering your message to|recipient(?: address|s)?\s{0,3}[:=]|rcpt\s{0,2}to\s{0,3}:|final-recipient:|address(?:ee)?\s{0,3}:|e-?mail\s{0,3}:|undeliverable to|for the recipient|unable to reach|to the following (?:address|recipients?)(?:\(es\)|es)?:?)[ \t]{0,10}:?\s{0,10}[<("'«“]{0,2}/gi;

/** `Your message to <a@b> could not be delivered`, `RCPT TO: a@b`, `Recipient address: a@b`. */
function byKeyword(lines: readonly string[]): NoticedRecipient[] {
  const text = lines.join('\n');
  const found: Found[] = [];
  for (const match of text.matchAll(KEYWORDS)) {
    const after = text.slice(match.index + match[0].length, match.index + match[0].length + 330);
    const recipient = leadingAddress(after);
    if (recipient !== null) found.push({ recipient, words: '', line: match.index });
  }
  return found.map((one, at) => {
    const several = found.some((other) => !sameAddress(other.recipient, one.recipient));
    const next = found.slice(at + 1).find((other) => !sameAddress(other.recipient, one.recipient));
    return { recipient: one.recipient, words: several ? text.slice(one.line, next?.line) : text };
  });
}

/** Some only repeat the header of what they could not deliver. */
function byToLine(lines: readonly string[]): NoticedRecipient[] {
  const line = lines.find((text) => /^\s*(?:addressed )?to\s*:/i.test(text));
  return line === undefined ? [] : addressesIn(line).map((recipient) => ({ recipient, words: lines.join('\n') }));
}

/** Sendmail before version 8 names nobody: only the SMTP dialogue does. */
function byTranscript(lines: readonly string[]): NoticedRecipient[] {
  const found: NoticedRecipient[] = [];
  for (const [at, line] of lines.entries()) {
    const rest = /^\s*[245]\d\d[ -](.{3,500})/.exec(line)?.[1];
    const recipient = rest === undefined ? null : firstAddress(rest.slice(0, 340));
    if (recipient === null || !/^[^@]{0,40}[<\s]?\S*@/.test(rest ?? '')) continue;
    found.push({ recipient, words: `${line}\n${dialogueBefore(lines, at)}` });
  }
  if (found.length > 0) return found;
  const commands = lines.filter((line) => /^\s*>>> RCPT To:/i.test(line));
  return commands.flatMap((line) => addressesIn(line).map((recipient) => ({ recipient, words: lines.join('\n') })));
}

function dialogueBefore(lines: readonly string[], at: number): string {
  let from = at;
  while (from > 0 && at - from < 8 && /^\s*(?:<<<|>>>|[45]\d\d )/.test(lines[from - 1] ?? '')) {
    if (/^\s*554 </.test(lines[from - 1] ?? '')) break;
    from--;
  }
  return lines.slice(from, at).join('\n');
}

function notOwn(found: readonly NoticedRecipient[], own: readonly string[]): NoticedRecipient[] {
  const others = found.filter(({ recipient }) => !own.some((address) => sameAddress(address, recipient)));
  return others.length > 0 ? others : [...found];
}

/** One entry an address, with all that was said of it. */
function unique(found: readonly NoticedRecipient[]): NoticedRecipient[] {
  const merged = new Map<string, NoticedRecipient>();
  for (const { recipient, words } of found) {
    const before = merged.get(recipient.toLowerCase());
    const both =
      before === undefined || before.words.includes(words) ? (before?.words ?? words) : `${before.words}\n${words}`;
    merged.set(recipient.toLowerCase(), { recipient: before?.recipient ?? recipient, words: both });
  }
  return [...merged.values()];
}
