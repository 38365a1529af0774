import { AppError } from '../errors.ts';

const WINDOW_MS = 15 * 60_000;
/** Wrong passwords for one account from one address, and for all accounts from one address. */
const PER_ACCOUNT = 10;
const PER_ADDRESS = 50;
const MOST_KEYS = 10_000;

/** Slows down who guesses passwords: a sliding window over failed logins, in this process. */
export class LoginLimit {
  readonly #failures = new Map<string, number[]>();

  /** Throws RATE_LIMITED before a password is even looked at. */
  check(email: string, address: string, now: number = Date.now()): void {
    for (const [key, most] of limitsOf(email, address)) {
      const recent = this.#recent(key, now);
      const oldest = recent[recent.length - most];
      if (oldest === undefined) continue;
      const seconds = Math.ceil((oldest + WINDOW_MS - now) / 1000);
      throw new AppError('RATE_LIMITED', `Too many failed logins. Try again in ${Math.ceil(seconds / 60)} minutes.`, {
        retryAfterSeconds: seconds,
      });
    }
  }

  failed(email: string, address: string, now: number = Date.now()): void {
    if (this.#failures.size > MOST_KEYS) this.#failures.clear();
    for (const [key] of limitsOf(email, address)) this.#failures.set(key, [...this.#recent(key, now), now]);
  }

  succeeded(email: string, address: string): void {
    this.#failures.delete(accountKey(email, address));
  }

  #recent(key: string, now: number): number[] {
    return (this.#failures.get(key) ?? []).filter((at) => at > now - WINDOW_MS);
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
