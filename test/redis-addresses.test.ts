import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { RedisEventBus } from '../src/events/redis-bus.ts';
import { freePort } from '../src/lib/free-port.ts';
import { packageRoot } from '../src/lib/package-root.ts';
import { parseRedisAddress } from '../src/lib/redis.ts';
import { openRedisQueues } from '../src/queue/redis-queues.ts';
import { redisRunsHere, TestRedis } from './helpers/redis.ts';

const PATIENCE = { timeout: 20_000, interval: 20 };
const fixture = (name: string) => path.join(packageRoot(), 'test/fixtures', name);

/** Sends a job and an event around, and returns what stood in the way. */
async function works(url: string): Promise<Error[]> {
  const errors: Error[] = [];
  const address = parseRedisAddress(url);
  const queues = openRedisQueues(address, (error) => errors.push(error));
  const bus = new RedisEventBus(address, (error) => errors.push(error));
  const taken: string[] = [];
  const heard: string[] = [];
  try {
    queues.work('campaigns', { concurrency: 1 }, async ({ campaignId }) => void taken.push(campaignId));
    bus.subscribe(({ id }) => heard.push(id));
    await queues.enqueue('campaigns', { campaignId: 'c' });
    await expect.poll(() => taken, PATIENCE).toEqual(['c']);
    await expect
      .poll(() => {
        bus.publish({ kind: 'campaign', id: 'e' });
        return heard;
      }, PATIENCE)
      .toContain('e');
  } finally {
    await queues.close();
    await bus.close();
  }
  return errors;
}

describe.runIf(redisRunsHere('addresses'))('a Redis address', { timeout: 60_000 }, () => {
  const servers: TestRedis[] = [];
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'postrider-redis-address-'));
  const start = async (...args: string[]) => {
    const server = await TestRedis.start(...args);
    servers.push(server);
    return server;
  };
  afterEach(async () => {
    for (const server of servers.splice(0).reverse()) await server.stop();
  });

  it('may name a user of its access list, and a database', async () => {
    const server = await start();
    server.command('acl', 'setuser', 'app', 'on', '>s3cret@x', '~bull:*', '&postrider:*', '+@all');
    server.command('acl', 'setuser', 'default', 'off');
    expect(await works(`redis://app:s3cret%40x@127.0.0.1:${server.port}/3`)).toEqual([]);
  });

  it('may ask for TLS, with an authority of its own', async () => {
    const tlsPort = await freePort(0, '127.0.0.1');
    const files = [
      '--tls-cert-file',
      fixture('smtp-test-certificate.pem'),
      '--tls-key-file',
      fixture('smtp-test-key.pem'),
    ];
    await start('--tls-port', String(tlsPort), ...files, '--tls-auth-clients', 'no');
    expect(await works(`rediss://localhost:${tlsPort}?ca=${fixture('smtp-test-certificate.pem')}`)).toEqual([]);
  });

  it('may be that of sentinels, who know where the master is, also after it changed', async () => {
    const master = await start();
    const replica = await start('--replicaof', '127.0.0.1', String(master.port));
    const conf = path.join(dir, 'sentinel.conf');
    fs.writeFileSync(
      conf,
      `sentinel monitor mail 127.0.0.1 ${master.port} 1\nsentinel down-after-milliseconds mail 500\nsentinel failover-timeout mail 3000\n`,
    );
    const sentinel = await TestRedis.startSentinel(conf);
    servers.push(sentinel);
    const url = `redis+sentinel://127.0.0.1:${sentinel.port}?master=mail`;
    expect(await works(url)).toEqual([]);
    await expect.poll(() => sentinel.command('sentinel', 'replicas', 'mail'), PATIENCE).toContain(String(replica.port));
    await master.cut();
    await expect
      .poll(() => sentinel.command('sentinel', 'get-master-addr-by-name', 'mail'), PATIENCE)
      .toContain(String(replica.port));
    await works(url);
  });

  it('may be that of a cluster, whose queues lie together', async () => {
    const nodes = [];
    for (let i = 0; i < 3; i++) nodes.push(await start('--cluster-enabled', 'yes'));
    const addresses = nodes.map((node) => `127.0.0.1:${node.port}`);
    execFileSync('redis-cli', ['--cluster', 'create', ...addresses, '--cluster-yes'], { stdio: 'ignore' });
    expect(await works(`redis+cluster://${addresses.slice(0, 2).join(',')}`)).toEqual([]);
    const keys = nodes.map((node) => node.command('keys', '*'));
    expect(keys.filter((found) => found.includes('{bull}:campaigns:')).length).toBe(1);
  });
});
