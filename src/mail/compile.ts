import { addressNeedsSmtpUtf8 } from '../domain/email-address.ts';
import { deriveText } from './derive-text.ts';
import type { LinkScope } from './link-tag.ts';
import { LinkedFiles } from './linked-files.ts';
import { linkedHtml } from './linked-html.ts';
import type { RenderContext } from './liquid-render.ts';
import type {
  Attachment,
  CopyLinks,
  LinkRules,
  Mailbox,
  MessageParts,
  MessageSource,
  MessageVariables,
} from './message.ts';
import { MessageError } from './message-errors.ts';
import { encodeAttachment } from './mime/attachment.ts';
import { EncodedBody } from './mime/body.ts';
import { ByteWriter } from './mime/byte-writer.ts';
import { DateFormatter } from './mime/date.ts';
import { checkAddress, checkMailbox, checkVariables } from './mime/envelope-values.ts';
import { headerLine } from './mime/header.ts';
import { extraHeaders, HeaderTemplate } from './mime/header-template.ts';
import { formatMailbox } from './mime/mailbox.ts';
import { buildStructure, type Segment } from './mime/structure.ts';
import { parseTemplate, type Template } from './template.ts';

/** What a copy says, decoded: for the dashboard and for test sends. */
export interface MessagePreview {
  readonly subject: string;
  readonly html?: string;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
}

const ONE_CLICK = 'List-Unsubscribe=One-Click';
const MIME_VERSION = headerLine('MIME-Version', '1.0');
const LAST_LINES = headerLine('List-Unsubscribe-Post', ONE_CLICK) + MIME_VERSION;

/**
 * Prepares a message for any number of recipients: templates are parsed, addresses checked, attachments and all static
 * text encoded here, once. Throws TemplateError (syntax) or MessageError (a value that cannot be sent).
 */
export function compileMessage(source: MessageSource): CompiledMessage {
  return new CompiledMessage(source);
}

export class CompiledMessage {
  readonly #from: Mailbox;
  readonly #replyTo: Mailbox | undefined;
  readonly #subject: HeaderTemplate;
  readonly #extra: readonly HeaderTemplate[];
  readonly #text: Template;
  readonly #html: Template | undefined;
  readonly #links: LinkRules | undefined;
  readonly #offersLeaving: boolean;
  /** The lines that are the same in every copy, ready to write. */
  readonly #fromLines: string;
  readonly #segments: readonly Segment[];
  readonly #attachments: readonly Attachment[];
  /** The files that each recipient has of his own; null where there are none. */
  readonly linkedFiles: LinkedFiles | null;
  readonly #bodies: { readonly text: EncodedBody; readonly html: EncodedBody | undefined };
  readonly #dates = new DateFormatter();
  readonly #writer = new ByteWriter();
  readonly #usualSize: number;

  constructor(source: MessageSource) {
    const { attachments = [], linkedAttachments = [], headers = {}, links, offersLeaving = true } = source;
    this.#offersLeaving = offersLeaving;
    const html = source.html === undefined || links === undefined ? source.html : linkedHtml(source.html, links);
    this.#links = links;
    this.#from = checkMailbox(source.from, 'from');
    this.#replyTo = source.replyTo && checkMailbox(source.replyTo, 'replyTo');
    this.#subject = new HeaderTemplate('Subject', source.subject, 'subject');
    this.#extra = extraHeaders(headers);
    this.#html =
      html === undefined
        ? undefined
        : parseTemplate(html, { escape: 'html', field: 'html', writesLinks: links !== undefined });
    this.#text = parseTemplate(textSource(source), { escape: 'none', field: 'text' });
    this.#fromLines =
      mailboxLine('From', this.#from, 'from') +
      (this.#replyTo === undefined ? '' : mailboxLine('Reply-To', this.#replyTo, 'replyTo'));
    this.#bodies = {
      text: new EncodedBody(this.#text, this.#writer),
      html: this.#html && new EncodedBody(this.#html, this.#writer),
    };
    this.#attachments = attachments;
    this.linkedFiles = linkedAttachments.length === 0 ? null : new LinkedFiles(linkedAttachments);
    this.#segments = buildStructure({ hasHtml: html !== undefined, attachments, hasFiles: this.linkedFiles !== null });
    this.#usualSize = this.#staticSize() + 16 * 1024;
  }

  /**
   * The complete message: CRLF line ends, lines of at most 76 octets in the body, not dot-stuffed (but no line begins with
   * a dot either). The bytes lie in a block shared with other messages: copy them when they are to be kept for long.
   * Throws MessageError when this recipient's data cannot be rendered.
   */
  render(vars: MessageVariables): Buffer {
    const contexts = new Contexts(vars, this.#links);
    const writer = this.#writer;
    writer.ensure(this.#usualSize);
    try {
      writer.writeText(this.#headerLines(vars, contexts));
      for (const segment of this.#segments) {
        if (segment === 'text') this.#bodies.text.write(contexts.of(this.#text));
        else if (segment === 'html') this.#bodies.html?.write(contexts.of(this.#html ?? this.#text));
        else if (Buffer.isBuffer(segment)) writer.writeBytes(segment);
        else writeFiles(writer, segment.delimiter, vars.files);
      }
    } catch (error) {
      writer.reset();
      throw error;
    }
    return writer.take();
  }

  /** The same copy in pieces. Throws MessageError like `render`. */
  parts(vars: MessageVariables): MessageParts {
    const contexts = new Contexts(vars, this.#links);
    checkVariables(vars);
    const extra = this.#extra.map((header) => [header.name, header.value(contexts.of(header.template))]);
    return {
      from: this.#from,
      ...(this.#replyTo === undefined ? {} : { replyTo: this.#replyTo }),
      to: { ...vars.to, address: checkAddress(vars.to.address, 'to') },
      subject: this.#subject.value(contexts.of(this.#subject.template)),
      text: this.#text.renderText(contexts.of(this.#text)),
      ...(this.#html && { html: this.#html.renderText(contexts.of(this.#html)) }),
      headers: {
        'Message-ID': `<${vars.messageId}>`,
        ...(this.#offersLeaving && {
          'List-Unsubscribe': `<${vars.unsubscribeUrl}>`,
          'List-Unsubscribe-Post': ONE_CLICK,
        }),
        'Feedback-ID': vars.feedbackId,
        ...Object.fromEntries(extra),
      },
      date: vars.date,
      attachments: vars.files === undefined ? this.#attachments : [...this.#attachments, ...vars.files],
    };
  }

  /** The subject as this recipient reads it. Throws MessageError like `render`. */
  subjectOf(vars: MessageVariables): string {
    return this.#subject.value(new Contexts(vars, this.#links).of(this.#subject.template));
  }

  /** What people will read, with every header in words. */
  preview(vars: MessageVariables): MessagePreview {
    const { from, replyTo, to, subject, html, text, headers } = this.parts(vars);
    const shown = {
      From: readableMailbox(from),
      ...(replyTo === undefined ? {} : { 'Reply-To': readableMailbox(replyTo) }),
      To: readableMailbox(to),
      Subject: subject,
      Date: this.#dates.format(vars.date),
      ...headers,
    };
    return html === undefined ? { subject, text, headers: shown } : { subject, html, text, headers: shown };
  }

  /** The attachments that the HTML shows by `cid:`. */
  get inlineImages(): Attachment[] {
    return this.#attachments.filter(({ cid }) => cid !== undefined);
  }

  /** True when an address in this copy has a local part beyond ASCII: only a server with SMTPUTF8 may get it (RFC 6531). */
  needsSmtpUtf8(vars: MessageVariables): boolean {
    const addresses = [
      vars.to.address.slice(0, vars.to.address.lastIndexOf('@')),
      this.#from.address,
      this.#replyTo?.address ?? '',
    ];
    return addresses.some(addressNeedsSmtpUtf8);
  }

  #headerLines(vars: MessageVariables, contexts: Contexts): string {
    checkVariables(vars);
    const to = { ...vars.to, address: checkAddress(vars.to.address, 'to') };
    let lines = `${this.#fromLines}${mailboxLine('To', to, 'to')}${this.#subject.line(contexts.of(this.#subject.template))}`;
    lines += `Date: ${this.#dates.format(vars.date)}\r\nMessage-ID: <${vars.messageId}>\r\n`;
    lines += this.#offersLeaving
      ? `List-Unsubscribe: <${vars.unsubscribeUrl}>\r\nFeedback-ID: ${vars.feedbackId}\r\n${LAST_LINES}`
      : `Feedback-ID: ${vars.feedbackId}\r\n${MIME_VERSION}`;
    for (const header of this.#extra) lines += header.line(contexts.of(header.template));
    return lines;
  }

  #staticSize(): number {
    const bodies = this.#bodies.text.staticSize + (this.#bodies.html?.staticSize ?? 0);
    return this.#segments.reduce((sum, segment) => sum + (Buffer.isBuffer(segment) ? segment.length : 0), bodies);
  }
}

/** One Liquid state per template of a copy: what the HTML assigns is not seen by the subject. Without tags they share one. */
class Contexts {
  readonly #vars: MessageVariables;
  readonly #rules: LinkRules | undefined;
  #shared: RenderContext | undefined;

  constructor(vars: MessageVariables, rules: LinkRules | undefined) {
    this.#vars = vars;
    this.#rules = rules;
  }

  of(template: Template): RenderContext {
    if (template.hasTags || template.escape === 'html') return this.#create(template);
    this.#shared ??= this.#create(template);
    return this.#shared;
  }

  #create(template: Template): RenderContext {
    const { data, unsubscribeUrl, webVersionUrl = '', links } = this.#vars;
    const own = { unsubscribeUrl, preferencesUrl: `${unsubscribeUrl}/preferences`, webVersionUrl };
    const context = template.newContext(data, own);
    if (links && this.#rules && template.escape === 'html') context.links = new LinksOfRender(links, this.#rules);
    return context;
  }
}

/** Counts how often each link of one render was written: in a loop one link leads to many places. */
class LinksOfRender implements LinkScope {
  readonly fields: CopyLinks['fields'];
  readonly #links: CopyLinks;
  readonly #rules: LinkRules;
  readonly #turns = new Map<number, number>();

  constructor(links: CopyLinks, rules: LinkRules) {
    this.fields = links.fields;
    this.#links = links;
    this.#rules = rules;
  }

  addressOf(link: number | null, destination: string): string {
    const led = this.#rules.destinationOf(destination);
    if (link === null) return led;
    const turn = this.#turns.get(link) ?? 0;
    this.#turns.set(link, turn + 1);
    return this.#links.follow(link, turn, led);
  }
}

function writeFiles(writer: ByteWriter, delimiter: Buffer, files: readonly Attachment[] = []): void {
  for (const [i, file] of files.entries()) {
    writer.writeBytes(delimiter);
    writer.writeBytes(encodeAttachment(file, `files/${i}`));
  }
}

function textSource({ text, html }: MessageSource): string {
  if (text !== undefined && (text !== '' || html === undefined)) return text;
  if (html === undefined) throw new MessageError('text', 'a message needs HTML or text');
  return deriveText(html);
}

function mailboxLine(name: string, mailbox: Mailbox, field: string): string {
  return headerLine(name, formatMailbox(mailbox, name.length + 2, field));
}

function readableMailbox({ name, address }: Mailbox): string {
  return name === undefined ? address : `${name} <${address}>`;
}
