import type { Operation } from '../contract/queue.ts';

/** "Something about this changed": who is interested reads the rest from the database. */
export interface ChangeEvent {
  readonly kind: 'campaign' | 'email' | 'import' | 'contacts' | 'account' | 'workers' | 'alert' | 'access';
  readonly id: string;
  /** Recipients or rows that got an outcome since the last such event of the same teller, where that is all. */
  readonly moved?: number;
  /** Of an alert: what it has come to, where that is what changed. */
  readonly state?: string;
}

/** What an operation is now, for those who watch it. A higher version tells something later. */
export interface ProgressEvent {
  readonly kind: 'progress';
  readonly id: string;
  readonly workspaceId: string;
  readonly version: number;
  /** Missing where it is too large for the bus: then it is read from its row. */
  readonly operation?: Operation;
}

export type LiveEvent = ChangeEvent | ProgressEvent;

export interface EventBus {
  /** Tells every process; never throws, because a lost event only makes a page a few seconds older. */
  publish(event: LiveEvent): void;
  /** Returns a function that ends the subscription. */
  subscribe(listener: (event: LiveEvent) => void): () => void;
  close(): Promise<void>;
}

/** Null for what is none of ours: anybody with access to the database or Redis can send anything. */
export function readEvent(payload: string): LiveEvent | null {
  try {
    const event = JSON.parse(payload) as Partial<LiveEvent> | null;
    return typeof event?.kind === 'string' && typeof event.id === 'string' ? (event as LiveEvent) : null;
  } catch {
    return null;
  }
}
