import net from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { CopyLog } from './copy-log.ts';
import { FaultySession, type SessionHost } from './faulty-session.ts';
import type { Speech } from './reply-writer.ts';
import { shareOf } from './seeded-random.ts';
import type { CutManner, CutStage, RefusalStage, SinkFault, SinkFaultEnd } from './sink-fault.ts';

type FaultOf<K extends SinkFault['kind']> = Extract<SinkFault, { kind: K }>;

interface ActiveCut {
  readonly fault: FaultOf<'cut'>;
  hits: number;
  /** Cuts wait for the replies before them. */
  cut: number;
  inDoubt: number;
  /** Called when there is nothing left to do before its time is up. */
  readonly done: () => void;
}

interface ActiveRefusal {
  readonly fault: FaultOf<'refuse'>;
  hits: number;
}

/** A cut waits for replies that drip no longer than this. */
const LAST_CUTS_MS = 5000;

/**
 * A receiving server for one sending account that keeps every copy it took, and does what it is told wrong. Enough SMTP
 * to take mail quickly; with pipelining, one recipient a message.
 */
export class FaultySink implements SessionHost {
  readonly account: number;
  readonly replyDelayMs: number;
  readonly log: CopyLog;
  readonly #server: net.Server;
  readonly #sessions = new Set<FaultySession>();
  readonly #cuts = new Set<ActiveCut>();
  readonly #refusals = new Set<ActiveRefusal>();
  /** Of the connection that is about to be cut: the fault it belongs to. */
  readonly #cutting = new WeakMap<FaultySession, ActiveCut>();
  #asked: ActiveCut | null = null;
  #speech: Speech = 'whole';
  #silent = 0;
  #noGreeting: Set<FaultySession> | null = null;
  #connections = 0;

  /** `replyDelayMs` lies between the end of a message and its reply: the time in which a crash is worst. */
  constructor(account: number, replyDelayMs: number, log: CopyLog) {
    this.account = account;
    this.replyDelayMs = replyDelayMs;
    this.log = log;
    this.#server = net.createServer((socket) => this.#serve(socket));
  }

  listen(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(0, '127.0.0.1', () => resolve((this.#server.address() as net.AddressInfo).port));
    });
  }

  async close(): Promise<void> {
    for (const { socket } of this.#sessions) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  /** Does wrong for as long as the fault says, and tells what came of it. */
  async inflict(fault: SinkFault): Promise<SinkFaultEnd> {
    switch (fault.kind) {
      case 'silence':
        return this.#beSilent(fault);
      case 'no-greeting':
        return this.#greetNobody(fault);
      case 'cut':
        return this.#cutConnections(fault);
      case 'refuse':
        return this.#refuseSome(fault);
      case 'speech':
        return this.#speak(fault);
    }
  }

  // What sessions ask (SessionHost)

  readonly speech = (): Speech => this.#speech;

  cut(stage: CutStage): CutManner | null {
    for (const active of this.#cuts) {
      if (active.fault.stage !== stage || active.hits >= active.fault.connections) continue;
      active.hits++;
      this.#asked = active;
      return active.fault.manner;
    }
    return null;
  }

  refusal(stage: RefusalStage, whom: string): string | null {
    for (const active of this.#refusals) {
      const { fault } = active;
      if (fault.stage !== stage || shareOf(`${fault.salt} ${whom}`) >= fault.share) continue;
      active.hits++;
      return fault.reply;
    }
    return null;
  }

  onCut(session: FaultySession, manner: CutManner): void {
    const active = this.#cutting.get(session);
    if (!active) return;
    active.cut++;
    if (session.writer.isInDoubt(manner)) active.inDoubt++;
    if (active.cut >= active.fault.connections) active.done();
  }

  #serve(socket: net.Socket): void {
    const session: FaultySession = new FaultySession(
      socket,
      ++this.#connections,
      this.#hostOf(() => session),
    );
    this.#sessions.add(session);
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.#sessions.delete(session);
      this.#noGreeting?.delete(session);
    });
    socket.on('data', (chunk) => session.receive(chunk));
    if (this.#noGreeting) {
      this.#noGreeting.add(session);
      return;
    }
    if (this.#silent > 0) session.silence();
    session.greet();
  }

  /** This server, as one session sees it: a cut is remembered for the session that asked. */
  #hostOf(session: () => FaultySession): SessionHost {
    return {
      account: this.account,
      replyDelayMs: this.replyDelayMs,
      log: this.log,
      speech: this.speech,
      refusal: (stage, whom) => this.refusal(stage, whom),
      onCut: (which, manner) => this.onCut(which, manner),
      cut: (stage) => {
        const manner = this.cut(stage);
        if (manner !== null && this.#asked) this.#cutting.set(session(), this.#asked);
        return manner;
      },
    };
  }

  async #cutConnections(fault: FaultOf<'cut'>): Promise<SinkFaultEnd> {
    const over = new AbortController();
    const active: ActiveCut = { fault, hits: 0, cut: 0, inDoubt: 0, done: () => over.abort() };
    this.#cuts.add(active);
    await delay(fault.ms, undefined, { signal: over.signal }).catch(() => {});
    this.#cuts.delete(active);
    for (let waited = 0; active.cut < active.hits && waited < LAST_CUTS_MS; waited += 50) await delay(50);
    return { hits: active.hits, inDoubt: active.inDoubt };
  }

  async #refuseSome(fault: FaultOf<'refuse'>): Promise<SinkFaultEnd> {
    const active: ActiveRefusal = { fault, hits: 0 };
    this.#refusals.add(active);
    await delay(fault.ms);
    this.#refusals.delete(active);
    return { hits: active.hits, inDoubt: 0 };
  }

  async #beSilent({ ms, afterwards }: FaultOf<'silence'>): Promise<SinkFaultEnd> {
    const silenced = [...this.#sessions];
    this.#silent++;
    for (const session of silenced) session.silence();
    await delay(ms);
    this.#silent--;
    let inDoubt = 0;
    const alive = [...this.#sessions];
    for (const session of alive) {
      if (afterwards === 'go-on') {
        session.wake();
        continue;
      }
      if (session.writer.isInDoubt('rst')) inDoubt++;
      session.sever('rst');
    }
    return { hits: silenced.length, inDoubt };
  }

  async #greetNobody({ ms }: FaultOf<'no-greeting'>): Promise<SinkFaultEnd> {
    const waiting = new Set<FaultySession>();
    this.#noGreeting = waiting;
    const before = this.#connections;
    await delay(ms);
    this.#noGreeting = null;
    for (const session of waiting) session.sever('rst');
    return { hits: this.#connections - before, inDoubt: 0 };
  }

  async #speak({ ms, manner }: FaultOf<'speech'>): Promise<SinkFaultEnd> {
    this.#speech = manner;
    await delay(ms);
    this.#speech = 'whole';
    return { hits: this.#sessions.size, inDoubt: 0 };
  }
}
