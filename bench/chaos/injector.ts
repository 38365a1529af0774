import { setTimeout as delay } from 'node:timers/promises';
import type { FaultAction, PlannedFault } from './fault.ts';
import type { FaultySinkProcess } from './faulty-sink-process.ts';
import { Locks } from './locks.ts';
import type { Product } from './product.ts';
import type { ProductApi } from './product-api.ts';
import { steadyMs } from './steady-clock.ts';

/** What was done, when, and what may be in doubt because of it. */
export interface InjectedFault {
  readonly fault: PlannedFault;
  /** By steady-clock.ts. */
  readonly from: number;
  readonly to: number;
  /** Copies kept when it began. */
  readonly kept: number;
  /** Connections or messages that a receiving server did wrong to; null where that is not counted. */
  readonly hits: number | null;
  /** At most so many rows may be `unknown` because of lost connections, and because of lost workers. */
  readonly unknownAllowed: { readonly connections: number; readonly workers: number };
}

export interface InjectorParts {
  readonly product: Product;
  readonly sink: FaultySinkProcess;
  readonly api: ProductApi;
  readonly campaignId: string;
  /** Rows that the loss of one worker may leave `unknown`. */
  readonly unknownPerWorker: number;
}

type Doubt = Partial<Pick<InjectedFault, 'hits' | 'unknownAllowed'>>;

const NO_DOUBT = { connections: 0, workers: 0 };
/** After the kill of a backend PostgreSQL ends all others and recovers, within about this time. */
const RECOVERY_MS = 1000;

/** Carries faults out, each on what it needs, several at once. */
export class Injector {
  readonly #parts: InjectorParts;
  readonly #locks = new Locks();

  constructor(parts: InjectorParts) {
    this.#parts = parts;
  }

  /** Resolves when the fault is over and what it broke is whole again; `onBegin` is called when it begins. */
  inject(fault: PlannedFault, onBegin: (kept: number) => void): Promise<InjectedFault> {
    return this.#locks.hold(this.#needs(fault), async () => {
      const { kept } = this.#parts.sink;
      onBegin(kept);
      const from = steadyMs();
      const { hits = null, unknownAllowed = NO_DOUBT } = await this.#do(fault);
      return { fault, from, to: steadyMs(), kept, hits, unknownAllowed };
    });
  }

  #needs(fault: FaultAction): string[] {
    const workers = this.#parts.product.workers.map((_, i) => `worker ${i}`);
    switch (fault.kind) {
      case 'kill':
        if (fault.what === 'worker') return [`worker ${fault.worker}`];
        return fault.what === 'server' ? ['server'] : ['server', 'database', ...workers];
      case 'stop':
        return [`worker ${fault.worker}`];
      case 'database':
      case 'database-backend':
        return ['database'];
      case 'pause':
        return ['campaign'];
      // One fault of a receiving server's lines at a time: otherwise nobody could say which of them cut a connection.
      case 'silence':
      case 'no-greeting':
      case 'cut':
      case 'speech':
        return [`line ${fault.account}`];
      case 'refuse':
        return [`refusals ${fault.account}`];
    }
  }

  async #do(fault: FaultAction): Promise<Doubt> {
    const { product, sink } = this.#parts;
    switch (fault.kind) {
      case 'kill':
        return this.#kill(fault);
      case 'stop':
        return this.#stop(fault);
      case 'database':
        await product.database.restart(fault.way, fault.downMs);
        return {};
      case 'database-backend':
        product.database.killBackend();
        await delay(RECOVERY_MS);
        return {};
      case 'pause':
        await this.#pause(fault.ms);
        return {};
      case 'silence':
      case 'no-greeting':
      case 'cut':
      case 'refuse':
      case 'speech': {
        const { hits, inDoubt } = await sink.inflict(fault);
        return { hits, unknownAllowed: { connections: inDoubt, workers: 0 } };
      }
    }
  }

  async #kill(fault: Extract<FaultAction, { kind: 'kill' }>): Promise<Doubt> {
    const { product, unknownPerWorker } = this.#parts;
    if (fault.what === 'server') {
      await product.restart(product.server);
      return {};
    }
    if (fault.what === 'worker') {
      const worker = product.workers[fault.worker];
      if (worker) await product.restart(worker);
      return { unknownAllowed: { connections: 0, workers: unknownPerWorker } };
    }
    await product.restartAll();
    return { unknownAllowed: { connections: 0, workers: product.workers.length * unknownPerWorker } };
  }

  async #stop({ worker: i, ms, afterwards }: Extract<FaultAction, { kind: 'stop' }>): Promise<Doubt> {
    const { product, unknownPerWorker } = this.#parts;
    const worker = product.workers[i];
    if (!worker) return {};
    worker.signal('SIGSTOP');
    await delay(ms);
    if (afterwards === 'go-on') {
      worker.signal('SIGCONT');
      return {};
    }
    await product.restart(worker);
    return { unknownAllowed: { connections: 0, workers: unknownPerWorker } };
  }

  /** Paused when it has ended meanwhile, or resumed by an earlier try: 409, and that is all right. */
  async #pause(ms: number): Promise<void> {
    const { api, campaignId } = this.#parts;
    await api.post(`/api/campaigns/${campaignId}/pause`, {}, [409]);
    await delay(ms);
    await api.post(`/api/campaigns/${campaignId}/resume`, {}, [409]);
  }
}
