import os from 'node:os';
import { describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';
import type { AppError } from './errors.ts';

const problemsOf = (env: Record<string, string>): string[] => {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    return (error as AppError).details.map((detail) => detail.path).sort();
  }
};

describe('the configuration', () => {
  it('has a default for everything', () => {
    const config = readConfig({});
    expect(config).toMatchObject({ port: 3000, host: '127.0.0.1', databaseUrl: null, baseUrl: null });
    expect(config.sandbox).toEqual({ enabled: true, smtpPort: 1025 });
    expect(config.workers).toEqual({
      start: true,
      min: 1,
      max: os.availableParallelism(),
      targetThroughput: 10_000,
      maxRssMb: 512,
      campaigns: 5,
      batches: 5,
      maxJobs: 10,
      windowMs: 1000,
      leaseMs: 30_000,
    });
    expect(config.resendApiKey).toBeNull();
    expect(config.rateLimitEnabled).toBe(true);
    expect(readConfig({ RATE_LIMIT_ENABLED: 'false' }).rateLimitEnabled).toBe(false);
  });

  it('takes addresses and networks of proxies, and nothing else', () => {
    expect(readConfig({}).trustProxy).toBeNull();
    expect(readConfig({ TRUST_PROXY: '127.0.0.1, 10.0.0.0/8,fd00::/8' }).trustProxy).toBe(
      '127.0.0.1, 10.0.0.0/8,fd00::/8',
    );
    for (const wrong of ['true', '10.0.0.0/33', '127.0.0.1,', 'proxy.example', '1.2.3.4/x'])
      expect(problemsOf({ TRUST_PROXY: wrong }), wrong).toEqual(['TRUST_PROXY']);
  });

  it('names every problem in one error', () => {
    expect(
      problemsOf({
        PORT: 'x',
        SANDBOX: 'maybe',
        DATABASE_URL: 'mysql://h/d',
        MIN_WORKERS: '9',
        MAX_WORKERS: '3',
        REDIS_URL: 'http://x',
      }),
    ).toEqual(['DATABASE_URL', 'MIN_WORKERS', 'PORT', 'REDIS_URL', 'SANDBOX']);
  });

  it('wants a secret of its own where several nodes share a database, and a key that cannot be guessed', () => {
    expect(problemsOf({ DATABASE_URL: 'postgresql:///db' })).toEqual(['APP_SECRET']);
    expect(problemsOf({ ADMIN_API_KEY: 'short', ADMIN_EMAIL: 'a@b.test' })).toEqual([
      'ADMIN_API_KEY',
      'ADMIN_PASSWORD',
    ]);
  });

  it('lets either name stop the workers, and the command line win over the environment', () => {
    expect(readConfig({ AUTO_START_WORKERS: 'false' }).workers.start).toBe(false);
    expect(readConfig({ START_WORKERS: 'no' }).workers.start).toBe(false);
    expect(readConfig({ PORT: '4000' }, { port: '5000' }).port).toBe(5000);
  });

  it('says which variables have no effect yet', () => {
    expect(readConfig({ RESEND_API_KEY: 're_x' }).resendApiKey).toBe('re_x');
    expect(() => readConfig({ RESEND_API_KEY: 're x' })).toThrow(/RESEND_API_KEY/);
  });
});
