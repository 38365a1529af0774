import { describe, expect, it } from 'vitest';
import { describeRedis, parseRedisAddress } from './redis.ts';

describe('parseRedisAddress', () => {
  it('reads what people write', () => {
    expect(parseRedisAddress('redis://localhost')).toMatchObject({
      kind: 'standalone',
      nodes: [{ host: 'localhost', port: 6379 }],
      username: null,
      password: null,
      db: 0,
      tls: false,
    });
    expect(parseRedisAddress('rediss://app:s%40fe@[::1]:6380/3?ca=/etc/ca.pem')).toMatchObject({
      nodes: [{ host: '::1', port: 6380 }],
      username: 'app',
      password: 's@fe',
      db: 3,
      tls: true,
      ca: '/etc/ca.pem',
    });
    expect(parseRedisAddress('redis://redis:6379/0?socket_keepalive=1&socket_timeout=300')).toMatchObject({
      keepAlive: true,
      socketTimeoutSeconds: 300,
    });
    expect(parseRedisAddress('redis+sentinel://:p@s1,s2:26380/1?master=mail')).toMatchObject({
      kind: 'sentinel',
      nodes: [
        { host: 's1', port: 26_379 },
        { host: 's2', port: 26_380 },
      ],
      master: 'mail',
      password: 'p',
      db: 1,
    });
    expect(parseRedisAddress('redis+cluster://n1:7000,n2:7001')).toMatchObject({ kind: 'cluster', db: 0 });
  });

  it.each([
    ['http://x', 'must look like'],
    ['redis://a,b', 'several hosts'],
    ['redis+sentinel://a', '?master='],
    ['redis+cluster://a/2', 'only number 0'],
    ['redis://a/x', 'not a whole number'],
    ['redis://a?timeout=1', 'unknown parameter "timeout"'],
    ['redis://a:b:c', 'cannot be read'],
  ])('refuses %s in words', (text, words) => {
    expect(() => parseRedisAddress(text)).toThrow(words);
  });

  it('never shows a password', () => {
    expect(describeRedis(parseRedisAddress('redis://u:secret@h:1/2'))).toBe('Redis at h:1');
  });
});
