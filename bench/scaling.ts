import type { Workers } from '../src/contract/workers.ts';
import { sleep } from '../src/lib/sleep.ts';
import type { ProductApi } from './chaos/product-api.ts';
import { ServerProcess } from './server-process.ts';
import { SinkProcess } from './sink-process.ts';

export interface ScalingOptions {
  readonly recipients: number;
  readonly dataDir: string;
  /** `[node, dist/cli.mjs]` */
  readonly program: readonly string[];
  /** Environment of that program: PATH and the like. */
  readonly environment: NodeJS.ProcessEnv;
  readonly onStep?: (line: string) => void;
}

/** The pool at one moment, as `GET /api/workers` tells it. */
interface ScalingMoment {
  readonly seconds: number;
  /** Recipients that could be sent to. */
  readonly waiting: number;
  readonly running: number;
  readonly wanted: number;
  /** Over the last ten seconds. */
  readonly emailsPerSecond: number;
  readonly reason: string;
}

export interface Scaling {
  readonly recipients: number;
  readonly sent: number;
  readonly min: number;
  readonly max: number;
  /** Since the launch: when the most workers ran, when the last recipient was done, when the fewest ran again. Null: never. */
  readonly secondsToMax: number | null;
  readonly secondsToDone: number | null;
  readonly secondsToMin: number | null;
  /** One every five seconds. */
  readonly moments: readonly ScalingMoment[];
}

const MIN = 1;
const MAX = 4;
const ACCOUNTS = 4;
/** Of each account, over all workers: more than four workers have in hand, so that connections are never what is missing. */
const CONNECTIONS = 400;
/**
 * A server that takes so long for a reply is what makes more workers faster here: with one batch in hand (500 rows) a
 * worker cannot have more messages on their way, however idle its core is.
 */
const REPLY_MS = 1500;
const BATCHES_IN_HAND = 1;
const LOOK_MS = 1000;
const SAY_EVERY = 5;
const WITHIN_S = 1200;

/** Whether autoscaling goes from the fewest workers to the most and back by itself, under the load of one campaign. */
export async function runScaling(options: ScalingOptions): Promise<Scaling> {
  const sink = await SinkProcess.start(options.program, REPLY_MS);
  try {
    const server = await ServerProcess.start(options.program, environmentOf(options));
    try {
      const jobId = await launch(server.api, sink.port, options.recipients);
      return await new ScalingWatch(server.api, options, jobId).untilCalm();
    } finally {
      await server.stop();
    }
  } finally {
    await sink.stop();
  }
}

function environmentOf({ environment, dataDir }: ScalingOptions): NodeJS.ProcessEnv {
  return {
    ...environment,
    DATA_DIR: dataDir,
    SANDBOX: 'false',
    LOG_LEVEL: 'error',
    RATE_LIMIT_ENABLED: 'false',
    MIN_WORKERS: String(MIN),
    MAX_WORKERS: String(MAX),
    QUEUE_CONCURRENCY: String(BATCHES_IN_HAND),
  };
}

async function launch(api: ProductApi, port: number, recipients: number): Promise<string> {
  const accountIds: string[] = [];
  for (let i = 1; i <= ACCOUNTS; i++) {
    const { id } = await api.post<{ id: string }>('/api/accounts', {
      name: `Slow server ${i}`,
      type: 'smtp',
      host: '127.0.0.1',
      port,
      secure: 'none',
      maxConnections: CONNECTIONS,
      batchSize: CONNECTIONS,
      maxMessagesPerConnection: 1_000_000,
    });
    accountIds.push(id);
  }
  const { jobId } = await api.post<{ jobId: string }>('/api/campaigns/send', {
    subject: 'Hello {{firstName}}',
    htmlContent: '<p>Hello {{firstName}}, you are {{email}}.</p>',
    from: 'News <news@sender.test>',
    accountIds,
    audience: Array.from({ length: recipients }, (_, i) => ({
      email: `person${i}@example.test`,
      firstName: `Person ${i}`,
    })),
  });
  return jobId;
}

interface JobStatus {
  readonly state: string;
  readonly counts: { readonly sent: number };
}

/** Looks once a second, and says what it saw every five. */
class ScalingWatch {
  readonly #api: ProductApi;
  readonly #options: ScalingOptions;
  readonly #jobId: string;
  readonly #launchedAt = performance.now();
  readonly #moments: ScalingMoment[] = [];
  #toMax: number | null = null;
  #toDone: number | null = null;
  #toMin: number | null = null;
  #sent = 0;

  constructor(api: ProductApi, options: ScalingOptions, jobId: string) {
    this.#api = api;
    this.#options = options;
    this.#jobId = jobId;
  }

  /** Until the campaign is done and the fewest workers run again, or for twenty minutes. */
  async untilCalm(): Promise<Scaling> {
    this.#options.onStep?.('  time   waiting  workers  wanted  emails/s  why');
    for (let looks = 0; this.#toMin === null && this.#seconds() < WITHIN_S; looks++) {
      await sleep(Math.max(0, looks * LOOK_MS - (performance.now() - this.#launchedAt)));
      const moment = await this.#look();
      if (looks % SAY_EVERY === 0 || this.#toMin !== null) this.#keep(moment);
    }
    return {
      recipients: this.#options.recipients,
      sent: this.#sent,
      min: MIN,
      max: MAX,
      secondsToMax: this.#toMax,
      secondsToDone: this.#toDone,
      secondsToMin: this.#toMin,
      moments: this.#moments,
    };
  }

  async #look(): Promise<ScalingMoment> {
    const [{ stats }, { state, counts }] = await Promise.all([
      this.#api.get<Workers>('/api/workers'),
      this.#api.get<JobStatus>(`/api/campaigns/status/${this.#jobId}`),
    ]);
    const seconds = this.#seconds();
    this.#sent = counts.sent;
    if (stats.running === MAX) this.#toMax ??= seconds;
    if (state === 'completed') this.#toDone ??= seconds;
    if (this.#toDone !== null && stats.desired === MIN && stats.running === MIN) this.#toMin ??= seconds;
    const { running, desired, emailsPerSecond, queueDepth, reason } = stats;
    return { seconds, waiting: queueDepth, running, wanted: desired, emailsPerSecond, reason };
  }

  #keep(moment: ScalingMoment): void {
    this.#moments.push(moment);
    const { seconds, waiting, running, wanted, emailsPerSecond, reason } = moment;
    const cells = [
      `${seconds} s`.padStart(6),
      String(waiting).padStart(8),
      String(running).padStart(7),
      String(wanted).padStart(6),
      String(Math.round(emailsPerSecond)).padStart(8),
    ];
    this.#options.onStep?.(`${cells.join('  ')}  ${reason}`);
  }

  #seconds(): number {
    return Math.round((performance.now() - this.#launchedAt) / 1000);
  }
}
