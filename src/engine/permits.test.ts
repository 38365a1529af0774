import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { freshDatabase, type TestDatabase } from '../../test/helpers/database.ts';
import { exchangePermits, type PermitExchange } from '../db/hot/exchange-permits.ts';
import { mergeUsedPermits, retireAbandonedPermits, retirePermitsOf } from '../db/permits.ts';
import { windowsOf } from '../domain/permit-window.ts';
import type { OutgoingMessage, SendOutcome } from '../mail/transport.ts';
import { GrantedPermits } from './granted-permits.ts';
import { PermitBook, type PermitSource } from './permit-book.ts';
import { Permits } from './permits.ts';

const MINUTE = windowsOf({ perMinute: 10 });
const MESSAGE: OutgoingMessage = { envelopeFrom: 'a@b.test', envelopeTo: 'c@d.test', content: Buffer.from('x\r\n') };
const SENT: SendOutcome = { kind: 'accepted', reply: { code: 250, text: 'ok' } };

describe('permits', () => {
  let database: TestDatabase;
  /** The exchanges of a process, as they went to the database. */
  let seen: Array<Omit<PermitExchange, 'holder'>>;
  /** How many of the next answers are lost, after the database has done its part. */
  let answersToLose = 0;

  beforeEach(async () => {
    database = await freshDatabase();
    seen = [];
    answersToLose = 0;
  });

  const sourceOf = (holder: string): PermitSource => ({
    exchange: async (exchange) => {
      seen.push(exchange);
      const answer = await exchangePermits(database.pool, { ...exchange, holder });
      if (answersToLose-- > 0) throw new Error('the answer was lost');
      return answer;
    },
    onError: () => {},
  });
  const held = async () => {
    const { rows } = await database.pool.query('select coalesce(sum(permits), 0)::int as held from permits_in_hand');
    return rows[0].held as number;
  };
  const used = async () => {
    const { rows } = await database.pool.query('select coalesce(sum(permits), 0)::int as used from permits_used');
    return rows[0].used as number;
  };

  it('asked for by many at once go with one exchange, and never add up to more than the limit', async () => {
    const book = new PermitBook('x', sourceOf(randomUUID()));
    const offers = await Promise.all(Array.from({ length: 6 }, () => book.take(MINUTE, 4)));
    expect(seen.length).toBe(1);
    expect(offers.map((offer) => ('starts' in offer ? offer.starts.length : 0))).toEqual([4, 4, 2, 0, 0, 0]);
    book.settle(10, 'used');
    await book.close();
    expect([await held(), await used()]).toEqual([0, 10]);
  });

  it('that were never handed over come back, and are there for another process', async () => {
    const [one, other] = [new PermitBook('x', sourceOf(randomUUID())), new PermitBook('x', sourceOf(randomUUID()))];
    await one.take(MINUTE, 10);
    expect(await other.take(MINUTE, 1)).not.toHaveProperty('starts');
    one.settle(4, 'used');
    one.settle(6, 'unused');
    await one.close();
    const third = new PermitBook('x', sourceOf(randomUUID()));
    expect(await third.take(MINUTE, 10)).toHaveProperty('starts.length', 6);
    await Promise.all([other.close(), third.close()]);
  });

  it('whose answer was lost are made good by the next exchange, and used ones are never forgotten', async () => {
    const book = new PermitBook('x', sourceOf(randomUUID()));
    await book.take(MINUTE, 3);
    book.settle(3, 'used');
    answersToLose = 1;
    await expect(book.take(MINUTE, 5)).rejects.toThrow('the answer was lost');
    expect(await held()).toBe(5);
    await book.close();
    expect(await held()).toBe(0);
    expect(await used()).toBeGreaterThanOrEqual(3);
  });

  it('are only granted as far as every limit goes, and what one grants too many goes back', async () => {
    const permits = new Permits(sourceOf(randomUUID()));
    const wide = { owner: 'wide', windows: windowsOf({ perDay: 100 }), words: (window: string) => `wide ${window}` };
    const tight = { owner: 'tight', windows: windowsOf({ perDay: 7 }), words: (window: string) => `tight ${window}` };
    expect(await permits.take([wide, tight], 20)).toHaveProperty('starts.length', 7);
    expect(await permits.take([wide, tight], 20)).toMatchObject({ words: 'tight limit per day' });
    await permits.close();
    expect(await held()).toBe(14);
  });

  it('of a process that is gone count from then on, and of one that only says nothing when they are void', async () => {
    const [gone, silent] = [randomUUID(), randomUUID()];
    await new PermitBook('x', sourceOf(gone)).take(MINUTE, 4);
    await new PermitBook('x', sourceOf(silent)).take(MINUTE, 3);
    await retirePermitsOf(database.pool, [gone]);
    await retireAbandonedPermits(database.pool);
    expect([await held(), await used()]).toEqual([3, 4]);
    await database.pool.query(`update permits_in_hand set taken_at = now() - interval '71 seconds'`);
    await retireAbandonedPermits(database.pool);
    expect([await held(), await used()]).toEqual([0, 7]);
  });

  it('stay as many when old ones are merged, and none leaves a window earlier', async () => {
    await database.pool.query(
      `insert into permits_used (owner, used_at, permits)
       select 'x', clock_timestamp() - make_interval(secs => s / 50.0), 1 from generate_series(1, 20000) s`,
    );
    const { rows: clock } = await database.pool.query('select clock_timestamp() as now');
    const within = async (seconds: number) => {
      const { rows } = await database.pool.query(
        'select count(*)::int as rows, sum(permits)::int as used from permits_used where used_at > $1::timestamptz - make_interval(secs => $2)',
        [clock[0].now, seconds],
      );
      return rows[0] as { rows: number; used: number };
    };
    const before = [await within(10), await within(60), await within(390)];
    await mergeUsedPermits(database.pool);
    expect(await used()).toBe(20_000);
    for (const [i, seconds] of [10, 60, 390].entries())
      expect((await within(seconds)).used).toBeGreaterThanOrEqual(before[i]?.used ?? 0);
    expect((await within(3600)).rows).toBeLessThan(2000);
  });

  it('that are void take their message back, and give the permit back', async () => {
    const book = new PermitBook('x', sourceOf(randomUUID()));
    await book.take(MINUTE, 2);
    const carried: OutgoingMessage[] = [];
    const send = async (message: OutgoingMessage): Promise<SendOutcome> => {
      carried.push(message);
      return message.recall?.recalled ? { kind: 'recalled', stage: 'mail-from', message: 'taken back' } : SENT;
    };
    const hourAgo = performance.now() - 3_600_000;
    const permits = new GrantedPermits([book], [hourAgo, performance.now()], { send });
    expect((await permits.send(MESSAGE)).kind).toBe('recalled');
    expect((await permits.send(MESSAGE)).kind).toBe('accepted');
    await book.close();
    expect([await held(), await used()]).toEqual([0, 1]);
  });
});
