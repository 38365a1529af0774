import { Queue, Worker } from 'bullmq';
import { connectRedis, disconnect, type RedisAddress } from '../lib/redis.ts';
import { type BullQueue, BullQueues, type BullWorker } from './bull-queues.ts';
import type { Queues } from './queues.ts';

/**
 * BullMQ on Redis (or Valkey), for many nodes. Keys are `bull:<queue>:*`; in a cluster `{bull}:<queue>:*`, so that they
 * lie on one node, as BullMQ's scripts need it.
 */
export function openRedisQueues(address: RedisAddress, onError: (error: Error) => void): Queues {
  const prefix = address.kind === 'cluster' ? '{bull}' : 'bull';
  // Who enqueues wants an answer; who takes jobs waits until Redis is back.
  const prompt = connectRedis(address, 'prompt', onError);
  const patient = connectRedis(address, 'patient', onError);
  return new BullQueues(
    {
      kind: 'redis',
      openQueue: (name, defaultJobOptions) =>
        new Queue(name, {
          connection: prompt,
          prefix,
          ...(defaultJobOptions ? { defaultJobOptions } : {}),
        }) as BullQueue,
      openWorker: (name, processor, settings) =>
        new Worker(name, processor, { ...settings, connection: patient, prefix }) as BullWorker,
      close: async () => {
        disconnect(prompt);
        disconnect(patient);
      },
    },
    onError,
  );
}
