import type { Submission } from './submission.ts';

/** First in, first out, with a way back to the front. Taking is O(1), unlike Array.shift on a long queue. */
export class SubmissionQueue {
  private items: Array<Submission | undefined> = [];
  private head = 0;

  get length(): number {
    return this.items.length - this.head;
  }

  push(submission: Submission): void {
    this.items.push(submission);
  }

  /** For a message that came back: it has waited longest. */
  pushFront(submission: Submission): void {
    if (this.head > 0) this.items[--this.head] = submission;
    else this.items.unshift(submission);
  }

  take(): Submission | undefined {
    const submission = this.items[this.head];
    if (submission === undefined) return undefined;
    this.items[this.head++] = undefined;
    if (this.head === this.items.length) {
      this.items.length = 0;
      this.head = 0;
    } else if (this.head >= 1024) {
      this.items = this.items.slice(this.head);
      this.head = 0;
    }
    return submission;
  }

  /** Makes the next `count` messages; whoever takes one that cannot be made is told then. */
  makeAhead(count: number): void {
    const end = Math.min(this.head + count, this.items.length);
    for (let i = this.head; i < end; i++) this.items[i]?.make();
  }

  drain(): Submission[] {
    const all: Submission[] = [];
    for (let next = this.take(); next !== undefined; next = this.take()) all.push(next);
    return all;
  }
}
