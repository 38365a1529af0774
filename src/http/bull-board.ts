import type { FastifyInstance, FastifyPluginCallback } from 'fastify';
import type { ApiKeyAuthenticator } from '../core/api-keys.ts';
import type { Core } from '../core/context.ts';
import { AppError } from '../errors.ts';
import { authenticateRequests } from './auth.ts';
import { answerError } from './error-handler.ts';

const PATH = '/admin/queues';

/** The little that is asked of Bull Board; it is an optional package, and not looked for unless it is wanted. */
interface BullBoard {
  createBullBoard(board: { queues: unknown[]; serverAdapter: unknown }): unknown;
  readonly BullMQAdapter: new (queue: unknown) => unknown;
  readonly FastifyAdapter: new () => { setBasePath(path: string): void; registerPlugin(): FastifyPluginCallback };
}

/** Bull Board below /admin/queues, for operators who are logged in or send a key. */
export async function mountBullBoard(app: FastifyInstance, core: Core, keys: ApiKeyAuthenticator): Promise<void> {
  const { createBullBoard, BullMQAdapter, FastifyAdapter } = await loadBullBoard();
  const adapter = new FastifyAdapter();
  adapter.setBasePath(PATH);
  createBullBoard({
    queues: core.queues.bullQueues().map((queue) => new BullMQAdapter(queue)),
    serverAdapter: adapter,
  });
  await app.register(async (scope) => {
    scope.addHook('onRoute', (route) => {
      route.config = { ...route.config, role: 'operator' };
      route.schema = { ...route.schema, hide: true };
      // Its own calls everything an internal error.
      route.errorHandler = (error, request, reply) => void answerError(error, request, reply);
    });
    authenticateRequests(scope, core, keys);
    await scope.register(adapter.registerPlugin(), { prefix: PATH });
  });
}

async function loadBullBoard(): Promise<BullBoard> {
  const names = ['@bull-board/api', '@bull-board/api/bullMQAdapter', '@bull-board/fastify'];
  try {
    const modules = (await Promise.all(names.map((name) => import(name)))) as Array<Partial<BullBoard>>;
    return Object.assign({}, ...modules) as BullBoard;
  } catch (error) {
    throw new AppError(
      'CONFIG_INVALID',
      'BULL_BOARD is set, but Bull Board is not installed. Install it with "npm install @bull-board/api @bull-board/fastify", or unset BULL_BOARD.',
      { cause: error },
    );
  }
}
