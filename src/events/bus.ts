/** "Something about this changed": who is interested reads the rest from the database. */
export interface ChangeEvent {
  readonly kind: 'campaign' | 'import' | 'account';
  readonly id: string;
}

export interface EventBus {
  /** Tells every process; never throws, because a lost event only makes a page a second older. */
  publish(event: ChangeEvent): void;
  /** Returns a function that ends the subscription. */
  subscribe(listener: (event: ChangeEvent) => void): () => void;
  close(): Promise<void>;
}
