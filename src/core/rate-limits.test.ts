import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestCore, type TestCore } from '../../test/helpers/core.ts';
import { RateLimits, subjectOf } from './rate-limits.ts';

describe('limits under load', () => {
  let test: TestCore;
  beforeAll(async () => {
    test = await openTestCore();
  });
  afterAll(() => test.close());

  it('shrink by the factor, burst and all, say why, and are whole again after it', async () => {
    let load: { factor: number; reason: string | null } = { factor: 0.25, reason: 'the database is slow' };
    const watch = {
      get load() {
        return load;
      },
      touch: () => {},
      close: () => {},
    };
    const limits = new RateLimits(test.core, watch);
    const subject = subjectOf({ ...test.caller, userId: test.caller.workspaceId });
    const first = await limits.consume(subject, 'leads-import', 15);
    expect(first).toMatchObject({ allowed: true, limit: 15, remaining: 0, burst: { limit: 5 }, ...load });
    expect(await limits.consume(subject, 'leads-import', 5)).toMatchObject({ allowed: true, burst: { remaining: 0 } });
    expect(await limits.consume(subject, 'leads-import')).toMatchObject({ allowed: false, remaining: 0 });
    expect(await limits.status(subject, 'leads-import')).toMatchObject({
      allowed: false,
      reason: 'the database is slow',
    });
    load = { factor: 1, reason: null };
    expect(await limits.status(subject, 'leads-import')).toMatchObject({ allowed: true, limit: 60, ...load });
    limits.close();
  });
});
