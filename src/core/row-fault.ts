/** A row that cannot be read at all: the beginning of what stands there, and why. */
export class RowFault {
  readonly text: string;
  readonly reason: string;

  constructor(text: string, reason: string) {
    this.text = text;
    this.reason = reason;
  }
}
