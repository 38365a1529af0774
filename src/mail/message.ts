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

/** A file that is fetched for every recipient by himself. File name and address may hold Liquid. */
export interface LinkedAttachment {
  readonly filename: string;
  readonly url: string;
  /** Null: what its server says. */
  readonly contentType: string | null;
  readonly ifMissing: 'fail' | 'leave-out';
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
  readonly linkedAttachments?: readonly LinkedAttachment[];
  /** False: no headers to unsubscribe by, of a message that somebody asked for. By default there are. */
  readonly offersLeaving?: boolean;
  /** How the links of the HTML are written; without it they stay as they are. */
  readonly links?: LinkRules;
}

/** What becomes of the links of a message, the same for all recipients. */
export interface LinkRules {
  /** Of a link that leads through here: its number. Null: the link is not followed. */
  numberOf(url: string): number | null;
  /** The address readers are led to: with UTM parameters, or as it is. */
  destinationOf(url: string): string;
  /** Whether there is a picture at the end that tells of an opening. */
  readonly opens: boolean;
}

/** What stands for the links in one copy. */
export interface CopyLinks {
  /** `l0`, `l1`, …: addresses by the numbers of links; `pixel`: an element, or nothing. As they are, not escaped. */
  readonly fields: Readonly<Record<string, string>>;
  /** The address written for a link whose destination is only known now; `turn`: how often the same link came before. */
  follow(link: number, turn: number, destination: string): string;
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
  /** Where this copy can be read in a browser: `{{webVersionUrl}}`. */
  readonly webVersionUrl?: string;
  /** What the linked attachments of a message are for this recipient. */
  readonly files?: readonly Attachment[];
  /** Of a message that was compiled with link rules. */
  readonly links?: CopyLinks;
  /** `Feedback-ID` value: campaign:workspace:kind:sender, as Gmail's Postmaster Tools documents it. */
  readonly feedbackId: string;
}

/** One copy in pieces, decoded: for providers that put the message together themselves, and for people to look at. */
export interface MessageParts {
  readonly from: Mailbox;
  readonly replyTo?: Mailbox;
  readonly to: Mailbox;
  readonly subject: string;
  readonly html?: string;
  readonly text: string;
  /** Message-ID, List-Unsubscribe, List-Unsubscribe-Post, Feedback-ID and the author's own, in this order. */
  readonly headers: Readonly<Record<string, string>>;
  readonly date: Date;
  readonly attachments: readonly Attachment[];
}
