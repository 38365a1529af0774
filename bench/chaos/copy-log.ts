import { steadyMs } from './steady-clock.ts';

/** A whole message that came in, by the receiving server's own clock (steady-clock.ts), in milliseconds. */
export interface ReceivedMessage {
  readonly recipient: string;
  readonly account: number;
  readonly connection: number;
  /** When its MAIL command was read; or before, when nothing was read for a while. */
  readonly begunAt: number;
  /** When its final dot was read. */
  readonly at: number;
  /** Only `kept` is a copy: the others were thrown away, as a broken server does, or refused. */
  readonly fate: 'kept' | 'dropped' | 'refused';
  /** Whether the content was made for this recipient. */
  readonly rightContent: boolean;
  /** Whether a reply was written: a copy counts without one as well. */
  replied: boolean;
}

/** Something out of the ordinary that happened to a recipient, for the evidence. */
export interface SinkNote {
  readonly at: number;
  readonly account: number;
  readonly connection: number;
  readonly recipient: string;
  readonly what: string;
}

/** What the receiving server knows: every copy, with or without a reply, and what it did to whom. */
export class CopyLog {
  readonly received: ReceivedMessage[] = [];
  readonly notes: SinkNote[] = [];
  #kept = 0;

  get kept(): number {
    return this.#kept;
  }

  receive(message: Omit<ReceivedMessage, 'at' | 'replied'>): ReceivedMessage {
    const received = { ...message, at: steadyMs(), replied: false };
    this.received.push(received);
    if (received.fate === 'kept') this.#kept++;
    return received;
  }

  note(note: Omit<SinkNote, 'at'>): void {
    if (note.recipient !== '') this.notes.push({ at: steadyMs(), ...note });
  }
}
