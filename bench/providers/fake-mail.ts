import PostalMime from 'postal-mime';

/** A copy as a provider took it, whatever way it came. */
export interface FakeMail {
  readonly recipient: string;
  readonly id: string;
  readonly from: string;
  readonly subject: string;
  readonly html: string | null;
  readonly text: string | null;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly attachments: readonly FakeAttachment[];
  /** What the provider would put into its events. */
  readonly reference: string | null;
}

interface FakeAttachment {
  readonly filename: string;
  readonly contentType: string;
  readonly content: Buffer;
  readonly cid: string | null;
}

/** The address in `Name <a@b>`. */
export function addressOf(mailbox: string): string {
  return (/<([^<>]+)>\s*$/.exec(mailbox)?.[1] ?? mailbox).trim().toLowerCase();
}

/** A raw message, taken apart by somebody else's parser. */
export async function readRawMail(
  raw: Buffer,
  known: Pick<FakeMail, 'recipient' | 'id' | 'reference'>,
): Promise<FakeMail> {
  const mail = await PostalMime.parse(raw);
  return {
    ...known,
    from: mail.from?.address ?? '',
    subject: mail.subject ?? '',
    html: mail.html ?? null,
    text: mail.text ?? null,
    headers: new Map(mail.headers.map(({ key, value }) => [key, value])),
    attachments: mail.attachments.map(({ filename, mimeType, content, contentId }) => ({
      filename: filename ?? '',
      contentType: mimeType,
      content: typeof content === 'string' ? Buffer.from(content) : Buffer.from(content as ArrayBuffer),
      cid: contentId?.replace(/^<|>$/g, '') ?? null,
    })),
  };
}
