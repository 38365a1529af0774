/** The parameters of a statement that is put together; values are never part of its text. */
export class SqlValues {
  readonly list: unknown[];

  /** `first` are $1, $2 … of the statement around. */
  constructor(first: readonly unknown[]) {
    this.list = [...first];
  }

  /** `type` is one of ours, never given by anybody. */
  add(value: unknown, type: 'text' | 'text[]' | 'uuid' | 'uuid[]' | 'numeric' | 'timestamptz'): string {
    this.list.push(value);
    return `$${this.list.length}::${type}`;
  }
}
