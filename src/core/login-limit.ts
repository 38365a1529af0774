import { AppError } from '../errors.ts';

const WINDOW_MS = 15 * 60_000;
/** Wrong passwords for one account from one address, and for all accounts from one address. */
const PER_ACCOUNT = 10;
const PER_ADDRESS = 50;
const MOST_KEYS = 10_000;

/** Slows down who guesses passwords: a sliding window over logins that have not succeeded, in this process. */
export class LoginLimit {
  readonly #attempts = new Map<string, number[]>();

  /** Counts an attempt before the password is looked at, so that many at once do not slip through; throws RATE_LIMITED. */
  begin(email: string, address: string, now: number = Date.now()): void {
    for (const [key, most] of limitsOf(email, address)) {
      const recent = this.#recent(key, now);
      const oldest = recent[recent.length - most];
      if (oldest === undefined) continue;
      const seconds = Math.ceil((oldest + WINDOW_MS - now) / 1000);
      throw new AppError('RATE_LIMITED', `Too many failed logins. Try again in ${Math.ceil(seconds / 60)} minutes.`, {
        retryAfterSeconds: seconds,
      });
    }
    if (this.#attempts.size > MOST_KEYS) this.#attempts.clear();
    for (const [key] of limitsOf(email, address)) this.#attempts.set(key, [...this.#recent(key, now), now]);
  }

  succeeded(email: string, address: string): void {
    this.#attempts.delete(accountKey(email, address));
    this.#attempts.get(address)?.pop();
  }

  #recent(key: string, now: number): number[] {
    return (this.#attempts.get(key) ?? []).filter((at) => at > now - WINDOW_MS);
  }
}

function limitsOf(email: string, address: string): Array<[string, number]> {
  return [
    [accountKey(email, address), PER_ACCOUNT],
    [address, PER_ADDRESS],
  ];
}

function accountKey(email: string, address: string): string {
  return `${address} ${email.trim().toLowerCase()}`;
}
