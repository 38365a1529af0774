import { connectRedis, disconnect, type RedisAddress, type RedisClient } from '../lib/redis.ts';
import { type EventBus, type LiveEvent, readEvent } from './bus.ts';

const CHANNEL = 'postrider:changes';

/** Live events over Redis pub/sub: reaches every process on the same Redis. */
export class RedisEventBus implements EventBus {
  readonly #address: RedisAddress;
  readonly #onError: (error: Error) => void;
  readonly #publisher: RedisClient;
  readonly #listeners = new Set<(event: LiveEvent) => void>();
  #subscriber: RedisClient | null = null;

  constructor(address: RedisAddress, onError: (error: Error) => void) {
    this.#address = address;
    this.#onError = onError;
    this.#publisher = connectRedis(address, 'prompt', onError);
  }

  publish(event: LiveEvent): void {
    this.#publisher.publish(CHANNEL, JSON.stringify(event)).catch(() => {});
  }

  subscribe(listener: (event: LiveEvent) => void): () => void {
    this.#listeners.add(listener);
    this.#subscriber ??= this.#listen();
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#listeners.clear();
    if (this.#subscriber) disconnect(this.#subscriber);
    disconnect(this.#publisher);
  }

  /** A connection of its own, as pub/sub wants it; it subscribes again by itself after it broke. */
  #listen(): RedisClient {
    const client = connectRedis(this.#address, 'patient', this.#onError);
    client.on('message', (_channel: string, payload: string) => {
      const event = readEvent(payload);
      if (event) for (const listener of this.#listeners) listener(event);
    });
    client.subscribe(CHANNEL).catch(this.#onError);
    return client;
  }
}
