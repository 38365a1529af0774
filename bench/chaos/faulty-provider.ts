import { setTimeout as delay } from 'node:timers/promises';
import { FakeProvider, type FakeRequest, type ProviderFault } from '../providers/fake-provider.ts';
import type { ProviderKind } from '../providers/provider-kinds.ts';
import type { CopyLog, ReceivedMessage } from './copy-log.ts';
import { shareOf } from './seeded-random.ts';
import type { SinkFault, SinkFaultEnd } from './sink-fault.ts';

type FaultOf<K extends SinkFault['kind']> = Extract<SinkFault, { kind: K }>;

/** A fault that is on: what it does to a request, or null. */
interface Active {
  readonly hit: (request: FakeRequest) => ProviderFault | null;
  hits: number;
  inDoubt: number;
}

/** Stages of a cut at which nothing of a request was read. */
const BEFORE_REQUEST = new Set(['connect', 'greeting', 'ehlo', 'mail']);
const LAST_ANSWERS_MS = 2_000;

/**
 * The receiving side of one sending account, as a provider's API: the faults of an SMTP server as they look over HTTP. Refusals
 * of a recipient are the provider's; those for now are 503, or 429 for "shutting down"; cuts before a request was read leave
 * as many messages in doubt as a request carries, because nobody but the client can count them.
 */
export class FaultyProvider {
  readonly #account: number;
  readonly #kind: ProviderKind;
  readonly #log: CopyLog;
  readonly #fake: FakeProvider;
  readonly #active = new Set<Active>();
  readonly #copies = new Map<object, ReceivedMessage>();
  #refused = 0;
  #refusing: (() => boolean) | null = null;

  constructor(account: number, kind: ProviderKind, log: CopyLog) {
    this.#account = account;
    this.#kind = kind;
    this.#log = log;
    this.#fake = new FakeProvider(kind.fake());
    this.#fake.refusesConnection = () => this.#refusing?.() ?? false;
    this.#fake.nextFault = (request) => this.#faultFor(request);
    this.#fake.onCopy = (mail, { begunAt }) => {
      const { recipient } = mail;
      const rightContent = `${mail.html} ${mail.text}`.includes(recipient);
      this.#copies.set(mail, log.receive({ recipient, account, connection: 0, begunAt, fate: 'kept', rightContent }));
    };
    this.#fake.onReply = (mail) => {
      const copy = this.#copies.get(mail);
      this.#copies.delete(mail);
      if (copy) copy.replied = true;
    };
  }

  async listen(): Promise<number> {
    return (await this.#fake.start()).port;
  }

  async inflict(fault: SinkFault): Promise<SinkFaultEnd> {
    switch (fault.kind) {
      case 'cut':
        return this.#cut(fault);
      case 'refuse':
        return this.#refuse(fault);
      case 'silence':
        return this.#hold(fault.ms, fault.afterwards === 'cut');
      case 'no-greeting':
        return this.#hold(fault.ms, true);
      case 'speech':
        return this.#during(fault.ms, () => ({ kind: 'drip' }));
    }
  }

  #faultFor(request: FakeRequest): ProviderFault | null {
    for (const active of this.#active) {
      const fault = active.hit(request);
      if (fault === null) continue;
      active.hits++;
      active.inDoubt += this.#doubtOf(fault, request);
      this.#note(request, fault.kind);
      return fault;
    }
    return null;
  }

  /** Messages that nobody can tell the fate of but this side. */
  #doubtOf(fault: ProviderFault, request: FakeRequest): number {
    if (this.#kind.isIdempotent) return 0;
    const isClear = fault.kind === 'drip' || fault.kind === 'too-many' || (fault.kind === 'held' && !fault.isCut);
    // Behind an answer the next request may cross with the end of the connection.
    if (fault.kind === 'cut-after') return this.#kind.maxBatch;
    return isClear ? 0 : messagesOf(request);
  }

  async #cut({ stage, connections, ms, manner }: FaultOf<'cut'>): Promise<SinkFaultEnd> {
    if (BEFORE_REQUEST.has(stage)) return this.#cutConnections(ms, connections);
    const fault: ProviderFault =
      stage === 'reply'
        ? { kind: 'cut-after' }
        : { kind: 'cut', isTaken: stage === 'dot-kept', ...(manner === 'rst' && { manner }) };
    let left = connections;
    return this.#during(ms, () => (left-- > 0 ? fault : null));
  }

  async #cutConnections(ms: number, connections: number): Promise<SinkFaultEnd> {
    const before = this.#refused;
    this.#refusing = () => {
      if (this.#refused - before >= connections) return false;
      this.#refused++;
      return true;
    };
    await delay(ms);
    this.#refusing = null;
    const hits = this.#refused - before;
    return { hits, inDoubt: this.#kind.isIdempotent ? 0 : hits * this.#kind.maxBatch };
  }

  async #refuse({ reply, share, salt, ms }: FaultOf<'refuse'>): Promise<SinkFaultEnd> {
    if (reply.startsWith('5')) {
      let hits = 0;
      this.#fake.invalid.rule = (address) => {
        const isHit = shareOf(`${salt} ${address}`) < share;
        if (isHit) hits++;
        return isHit;
      };
      await delay(ms);
      this.#fake.invalid.rule = () => false;
      return { hits, inDoubt: 0 };
    }
    let left = reply.startsWith('421') ? 1 : 4;
    const fault: ProviderFault = reply.startsWith('421')
      ? { kind: 'too-many', retryAfterSeconds: 1 }
      : { kind: 'broken', status: 503, isTaken: salt % 2 === 0 };
    return this.#during(ms, () => (left-- > 0 ? fault : null));
  }

  async #hold(ms: number, isCut: boolean): Promise<SinkFaultEnd> {
    const until = delay(ms);
    return this.#during(ms, () => ({ kind: 'held', until, isCut }));
  }

  async #during(ms: number, hit: Active['hit']): Promise<SinkFaultEnd> {
    const active: Active = { hit, hits: 0, inDoubt: 0 };
    this.#active.add(active);
    await delay(ms);
    this.#active.delete(active);
    await delay(Math.min(ms, LAST_ANSWERS_MS) / 10);
    return { hits: active.hits, inDoubt: active.inDoubt };
  }

  #note(request: FakeRequest, what: string): void {
    for (const recipient of recipientsOf(request))
      this.#log.note({ account: this.#account, connection: 0, recipient, what });
  }
}

/** A batch is a list; everything else is one message. */
function messagesOf({ body }: FakeRequest): number {
  const list = listOf(body);
  return list === null ? 1 : list.length;
}

function recipientsOf({ body }: FakeRequest): string[] {
  return [...new Set(body.toString('utf8').match(/person\d+@example\.test/g) ?? [])];
}

function listOf(body: Buffer): readonly unknown[] | null {
  if (body[0] !== 0x5b) return null; // "["
  const parsed = JSON.parse(body.toString('utf8')) as unknown;
  return Array.isArray(parsed) ? parsed : null;
}
