/** A mailbox as people write it: `News <news@acme.test>` taken apart and checked. */
export interface Mailbox {
  readonly name?: string;
  readonly address: string;
}

/** A file that goes with every copy; `cid` makes it an inline image (RFC 2392). */
export interface Attachment {
  readonly filename: string;
  readonly contentType: string;
  readonly content: Buffer;
  readonly cid?: string;
}

/** What a campaign wants to say, before any recipient is known. Subject, HTML, text and header values may hold Liquid. */
export interface MessageSource {
  readonly from: Mailbox;
  readonly replyTo?: Mailbox;
  readonly subject: string;
  readonly html?: string;
  /** Derived from `html` when absent. */
  readonly text?: string;
  /** Extra headers, the same for all; names and values are checked (no CR, LF, NUL; none of the headers we own). */
  readonly headers?: Readonly<Record<string, string>>;
  readonly attachments?: readonly Attachment[];
}

/** What differs from copy to copy. */
export interface MessageVariables {
  readonly to: Mailbox;
  /** Merge fields: `firstName`, `name`, `email` and every attribute of the contact. */
  readonly data: Readonly<Record<string, unknown>>;
  /** Without angle brackets; the same for every attempt of the same copy. */
  readonly messageId: string;
  readonly date: Date;
  /**
   * HTTPS address for List-Unsubscribe (RFC 2369) and one-click POST (RFC 8058); also `{{unsubscribeUrl}}` in templates,
   * and with `/preferences` behind it `{{preferencesUrl}}`.
   */
  readonly unsubscribeUrl: string;
  /** `Feedback-ID` value: campaign:workspace:kind:sender, as Gmail's Postmaster Tools documents it. */
  readonly feedbackId: string;
}
