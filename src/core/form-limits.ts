import { createHash } from 'node:crypto';
import { AppError } from '../errors.ts';
import { networkOf } from './consents.ts';
import type { Core } from './context.ts';
import { LimitCounters } from './limit-counters.ts';

/** What a school or an office behind one address may need, and no script. */
const PER_NETWORK = { most: 60, seconds: 600 };
const PER_ADDRESS = { most: 5, seconds: 3600 };

/** Slows down who fills in forms by a program, or with somebody else's address. The same for addresses that are known and others. */
export class FormLimits {
  readonly #counters: LimitCounters;

  constructor(core: Pick<Core, 'db' | 'redis' | 'log'>) {
    this.#counters = new LimitCounters(core);
  }

  /** Counts one; throws RATE_LIMITED. */
  async count(ip: string, emailKey: string): Promise<void> {
    await this.#add(`form-network:${networkOf(ip)}`, PER_NETWORK);
    await this.#add(`form-address:${createHash('sha256').update(emailKey).digest('base64url')}`, PER_ADDRESS);
  }

  async #add(key: string, { most, seconds }: typeof PER_NETWORK): Promise<void> {
    const { used, msLeft } = await this.#counters.add(key, 1, seconds);
    if (used <= most) return;
    const minutes = Math.max(1, Math.ceil(msLeft / 60_000));
    throw new AppError('RATE_LIMITED', `This form was filled in too often. Try again in ${minutes} minutes.`, {
      retryAfterSeconds: Math.max(1, Math.ceil(msLeft / 1000)),
    });
  }
}
