import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EventBus, LiveEvent } from '../src/events/bus.ts';
import { PostgresEventBus } from '../src/events/postgres-bus.ts';
import { RedisEventBus } from '../src/events/redis-bus.ts';
import { connectRedis, disconnect, parseRedisAddress } from '../src/lib/redis.ts';
import { freshDatabase } from './helpers/database.ts';
import { redisRunsHere, TestRedis } from './helpers/redis.ts';

/** Where buses meet, and what can happen to it. */
interface Backend {
  open(): EventBus;
  /** Something of somebody else on the same channel. */
  sendRaw(text: string): Promise<void>;
  /** Every connection breaks; the server is there again at once, or after a moment. */
  interrupt(): Promise<void>;
  close(): Promise<void>;
}

async function onPostgres(): Promise<Backend> {
  const { config, pool: own, name } = await freshDatabase();
  const pools: pg.Pool[] = [];
  return {
    open: () => {
      const pool = new pg.Pool({ ...config, max: 2 });
      pool.on('error', () => {});
      pool.on('connect', (client) => client.on('error', () => {}));
      pools.push(pool);
      return new PostgresEventBus(pool, config);
    },
    sendRaw: async (text) => void (await own.query('select pg_notify($1, $2)', ['postrider_changes', text])),
    interrupt: async () => {
      await own.query(
        'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()',
        [name],
      );
    },
    close: async () => void (await Promise.all(pools.map((pool) => pool.end()))),
  };
}

async function onRedis(): Promise<Backend> {
  const redis = await TestRedis.start();
  const address = parseRedisAddress(redis.url);
  const raw = connectRedis(address, 'patient', () => {});
  return {
    open: () => new RedisEventBus(address, () => {}),
    sendRaw: async (text) => void (await raw.publish('postrider:changes', text)),
    interrupt: async () => {
      await redis.cut();
      await redis.resume();
    },
    close: async () => {
      disconnect(raw);
      await redis.stop();
    },
  };
}

const backends = [
  { name: 'PostgreSQL', start: onPostgres, runs: true },
  { name: 'Redis', start: onRedis, runs: redisRunsHere('live events') },
];

for (const { name, start, runs } of backends) {
  describe.runIf(runs)(`live events over ${name}`, () => {
    let backend: Backend;
    let buses: EventBus[];

    beforeEach(async () => {
      backend = await start();
      buses = [];
    });
    afterEach(async () => {
      await Promise.all(buses.map((bus) => bus.close()));
      await backend.close();
    });

    const open = () => {
      const bus = backend.open();
      buses.push(bus);
      return bus;
    };
    const watch = (bus: EventBus) => {
      const heard: LiveEvent[] = [];
      bus.subscribe((event) => heard.push(event));
      return heard;
    };
    /** Tells until it is heard: a subscription takes a moment, and what is told before it is there is lost. */
    const untilHeard = async (from: EventBus, heard: readonly LiveEvent[], id: string) => {
      await expect
        .poll(
          () => {
            from.publish({ kind: 'account', id });
            return heard.some((event) => event.id === id);
          },
          { timeout: 20_000, interval: 50 },
        )
        .toBe(true);
    };

    it('reaches every subscriber on every bus, the one that publishes too', async () => {
      const [one, two] = [open(), open()];
      const heard = [watch(one), watch(one), watch(two)];
      for (const each of heard) await untilHeard(one, each, 'ready');
      one.publish({ kind: 'campaign', id: 'c', moved: 3 });
      for (const each of heard)
        await expect.poll(() => each.filter(({ id }) => id === 'c')).toEqual([{ kind: 'campaign', id: 'c', moved: 3 }]);
    });

    it('keeps the order in which one process published', async () => {
      const [one, two] = [open(), open()];
      const heard = watch(two);
      await untilHeard(one, heard, 'ready');
      const operation = { id: 'o' } as never;
      for (let version = 1; version <= 200; version++) {
        one.publish({ kind: 'progress', id: 'o', workspaceId: 'w', version, operation });
        if (version % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      }
      const versions = () => heard.flatMap((event) => (event.kind === 'progress' ? [event.version] : []));
      await expect.poll(() => versions().length).toBe(200);
      expect(versions()).toEqual(Array.from({ length: 200 }, (_, i) => i + 1));
    });

    it('goes on by itself when the connection broke', async () => {
      const [one, two] = [open(), open()];
      const heard = watch(two);
      await untilHeard(one, heard, 'before');
      await backend.interrupt();
      await untilHeard(one, heard, 'after');
      await backend.interrupt();
      await untilHeard(one, heard, 'again');
    });

    it('passes nothing on that is no event, and goes on', async () => {
      const bus = open();
      const heard = watch(bus);
      await untilHeard(bus, heard, 'ready');
      heard.length = 0;
      for (const text of ['', 'no json', 'null', '[]', '"text"', '{}', '{"kind":1,"id":"x"}', '{"kind":"campaign"}'])
        await backend.sendRaw(text);
      await untilHeard(bus, heard, 'after');
      expect(heard.filter(({ id }) => id !== 'ready' && id !== 'after')).toEqual([]);
    });

    it('delivers large operations, or says that they are to be read', async () => {
      const bus = open();
      const heard = watch(bus);
      await untilHeard(bus, heard, 'ready');
      const operation = { id: 'o', name: 'ü'.repeat(5000) } as never;
      bus.publish({ kind: 'progress', id: 'large', workspaceId: 'w', version: 7, operation });
      await expect.poll(() => heard.some(({ id }) => id === 'large')).toBe(true);
      const event = heard.find(({ id }) => id === 'large');
      expect(event).toMatchObject({ kind: 'progress', workspaceId: 'w', version: 7 });
      expect(event).toEqual(
        name === 'Redis' ? expect.objectContaining({ operation }) : expect.not.objectContaining({ operation }),
      );
    });

    it('stops telling who has unsubscribed', async () => {
      const bus = open();
      const heard: LiveEvent[] = [];
      const end = bus.subscribe((event) => heard.push(event));
      const other = watch(bus);
      await untilHeard(bus, heard, 'ready');
      end();
      heard.length = 0;
      await untilHeard(bus, other, 'more');
      expect(heard.filter(({ id }) => id === 'more')).toEqual([]);
    });

    it('closes at any moment', async () => {
      const early = open();
      early.subscribe(() => {});
      await early.close();
      const never = open();
      await never.close();
    });
  });
}

describe.runIf(redisRunsHere('live events without Redis'))('live events of which Redis is away', () => {
  it('go over PostgreSQL meanwhile, to whoever listens', async () => {
    const redis = await TestRedis.start();
    const { config } = await freshDatabase();
    const pool = new pg.Pool({ ...config, max: 2 });
    const address = parseRedisAddress(redis.url);
    const open = () => new RedisEventBus(address, () => {}, new PostgresEventBus(pool, config));
    const [one, two] = [open(), open()];
    const heard: string[] = [];
    two.subscribe(({ id }) => heard.push(id));
    const untilHeard = (id: string) =>
      expect
        .poll(
          () => {
            one.publish({ kind: 'campaign', id });
            return heard.includes(id);
          },
          { timeout: 20_000, interval: 50 },
        )
        .toBe(true);
    await untilHeard('over Redis');
    await redis.cut();
    await untilHeard('without');
    await redis.resume();
    await untilHeard('again');
    await Promise.all([one.close(), two.close()]);
    await pool.end();
    await redis.stop();
  });
});
