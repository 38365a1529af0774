import { connectRedis, disconnect, type RedisAddress, type RedisClient } from '../lib/redis.ts';
import { type EventBus, type LiveEvent, readEvent } from './bus.ts';

const CHANNEL = 'postrider:changes';

/** After Redis came back, others may not listen to it yet: for so long events take both ways. */
const BOTH_WAYS_MS = 3000;

/**
 * Live events over Redis pub/sub: reaches every process on the same Redis. While it is away they take the `fallback`, so that
 * dashboards do not stand still. Some come twice then, which whoever listens to "this changed" does not mind.
 */
export class RedisEventBus implements EventBus {
  readonly #address: RedisAddress;
  readonly #onError: (error: Error) => void;
  readonly #fallback: EventBus | null;
  readonly #publisher: RedisClient;
  readonly #listeners = new Set<(event: LiveEvent) => void>();
  #subscriber: RedisClient | null = null;
  #wasReady = false;
  #bothWaysUntil = 0;

  constructor(address: RedisAddress, onError: (error: Error) => void, fallback: EventBus | null = null) {
    this.#address = address;
    this.#onError = onError;
    this.#fallback = fallback;
    this.#publisher = connectRedis(address, 'prompt', onError);
    this.#publisher.on('ready', () => {
      if (this.#wasReady) this.#bothWaysUntil = performance.now() + BOTH_WAYS_MS;
      this.#wasReady = true;
    });
  }

  publish(event: LiveEvent): void {
    const isReady = this.#publisher.status === 'ready';
    if (isReady) this.#publisher.publish(CHANNEL, JSON.stringify(event)).catch(() => this.#fallback?.publish(event));
    if (!isReady || performance.now() < this.#bothWaysUntil) this.#fallback?.publish(event);
  }

  subscribe(listener: (event: LiveEvent) => void): () => void {
    this.#listeners.add(listener);
    this.#subscriber ??= this.#listen();
    const unsubscribe = this.#fallback?.subscribe(listener);
    return () => {
      this.#listeners.delete(listener);
      unsubscribe?.();
    };
  }

  async close(): Promise<void> {
    this.#listeners.clear();
    await this.#fallback?.close();
    if (this.#subscriber) disconnect(this.#subscriber);
    disconnect(this.#publisher);
  }

  /**
   * A connection of its own, as pub/sub wants it. It subscribes at each start here and not in the library, whose attempt
   * would end the process if the bus is closed in the middle of it.
   */
  #listen(): RedisClient {
    const client = connectRedis(this.#address, 'patient', this.#onError);
    client.on('message', (_channel: string, payload: string) => {
      const event = readEvent(payload);
      if (event) for (const listener of this.#listeners) listener(event);
    });
    client.on('ready', () => void client.subscribe(CHANNEL).catch(this.#onError));
    return client;
  }
}
