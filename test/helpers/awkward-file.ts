/** A contact as the import leaves it: its names and, beside them, its attributes. */
type Imported = Readonly<Record<string, unknown>> & { readonly email: string };

export interface AwkwardFile {
  readonly title: string;
  readonly content: string | Buffer;
  readonly filename?: string;
  /** Refused at once, nothing is imported: the message holds this. */
  readonly refused?: string;
  readonly imported?: readonly Imported[];
  /** Row, field and reason; a reason that ends in … is the beginning of one. */
  readonly rejects?: ReadonlyArray<readonly [row: number, field: string | null, reason: string]>;
  readonly duplicates?: number;
  /** The file ends in a fault; the error holds this. */
  readonly fails?: string;
}
