import type { LinkedAttachment } from './message.ts';
import { MessageError } from './message-errors.ts';
import { parseTemplate, type Template } from './template.ts';

/** Why a recipient's file is not there. */
export class FileFault extends Error {
  /** False: another try may find it. */
  readonly isLasting: boolean;

  constructor(message: string, isLasting: boolean) {
    super(message);
    this.isLasting = isLasting;
  }
}

/** A file that one recipient is to get. */
export interface LinkedFile extends LinkedAttachment {
  /** All recipients get the same. */
  readonly isShared: boolean;
}

/** The host is written out: what a recipient's data say decides which file is fetched, never from whom. */
const ORIGIN = /^https?:\/\/[^/?#{}@\s\\]+(?=[/?#]|$)/i;

/** Scheme, host and port of a linked attachment's address; null when they are not written out. */
export function originOfLink(url: string): URL | null {
  const [origin] = ORIGIN.exec(url) ?? [];
  return origin !== undefined && URL.canParse(origin) ? new URL(origin) : null;
}

/** The linked attachments of a message, parsed once. */
export class LinkedFiles {
  readonly #files: ReadonlyArray<{ source: LinkedAttachment; filename: Template; url: Template }>;

  /** Throws TemplateError for wrong Liquid. */
  constructor(sources: readonly LinkedAttachment[]) {
    this.#files = sources.map((source, i) => ({
      source,
      filename: parseTemplate(source.filename, { escape: 'none', field: `attachments/${i}/filename` }),
      url: parseTemplate(source.url, { escape: 'none', field: `attachments/${i}/url` }),
    }));
  }

  /** What one recipient is to get, without Liquid. Throws MessageError when his data cannot be rendered or lead elsewhere. */
  of(data: Readonly<Record<string, unknown>>): LinkedFile[] {
    return this.#files.map(({ source, filename, url }) => {
      const address = url.renderText(url.newContext(data));
      const led = URL.canParse(address) ? new URL(address) : null;
      if (led === null || led.origin !== originOfLink(source.url)?.origin || led.username !== '')
        throw new MessageError(url.field, `leads nowhere for this recipient: ${address.slice(0, 200)}`);
      const isShared = address === source.url;
      return { ...source, filename: filename.renderText(filename.newContext(data)), url: led.href, isShared };
    });
  }
}
