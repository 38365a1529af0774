import type { CutManner, CutStage, RefusalStage } from './sink-fault.ts';

/** What is done to the product, to its database, or to the receiving server. Times in milliseconds. */
export type FaultAction =
  | { readonly kind: 'kill'; readonly what: 'everything' }
  | { readonly kind: 'kill'; readonly what: 'server' }
  | { readonly kind: 'kill'; readonly what: 'worker'; readonly worker: number }
  /** Stopped for longer than its lease; then it goes on, or is killed without having noticed. */
  | { readonly kind: 'stop'; readonly worker: number; readonly ms: number; readonly afterwards: 'go-on' | 'kill' }
  | { readonly kind: 'database'; readonly way: 'fast' | 'immediate' | 'kill'; readonly downMs: number }
  | { readonly kind: 'database-backend' }
  | { readonly kind: 'pause'; readonly ms: number }
  | { readonly kind: 'silence'; readonly account: number; readonly ms: number; readonly afterwards: 'go-on' | 'cut' }
  | { readonly kind: 'no-greeting'; readonly account: number; readonly ms: number }
  | {
      readonly kind: 'cut';
      readonly account: number;
      readonly ms: number;
      readonly stage: CutStage;
      readonly manner: CutManner;
      readonly connections: number;
    }
  | {
      readonly kind: 'refuse';
      readonly account: number;
      readonly ms: number;
      readonly stage: RefusalStage;
      readonly reply: string;
      readonly share: number;
      readonly salt: number;
    }
  | { readonly kind: 'speech'; readonly account: number; readonly ms: number; readonly manner: 'split' | 'drip' };

/** Injected when the receiving servers have kept `after` copies. */
export type PlannedFault = FaultAction & { readonly no: number; readonly after: number };

export function faultWords(fault: FaultAction): string {
  switch (fault.kind) {
    case 'kill':
      return fault.what === 'worker'
        ? `kill -9 of worker ${fault.worker + 1}`
        : fault.what === 'server'
          ? 'kill -9 of the server'
          : 'kill -9 of everything, database included';
    case 'stop':
      return `SIGSTOP of worker ${fault.worker + 1} for ${seconds(fault.ms)}, then ${fault.afterwards === 'kill' ? 'kill -9' : 'SIGCONT'}`;
    case 'database':
      return `PostgreSQL ${DATABASE_WORDS[fault.way]}, down for ${seconds(fault.downMs)}`;
    case 'database-backend':
      return 'kill -9 of a PostgreSQL backend';
    case 'pause':
      return `campaign paused for ${seconds(fault.ms)}, then resumed`;
    case 'silence':
      return `${port(fault)} silent for ${seconds(fault.ms)}, then ${fault.afterwards === 'cut' ? 'RST' : 'goes on'}`;
    case 'no-greeting':
      return `${port(fault)} greets nobody for ${seconds(fault.ms)}`;
    case 'cut':
      return `${port(fault)} cuts ${fault.connections} connections ${CUT_WORDS[fault.stage]} (${fault.manner.toUpperCase()})`;
    case 'refuse':
      return `${port(fault)} says "${fault.reply}" ${REFUSAL_WORDS[fault.stage]} to ${Math.round(fault.share * 100)} % for ${seconds(fault.ms)}`;
    case 'speech':
      return `${port(fault)} ${fault.manner === 'drip' ? 'replies drop by drop' : 'splits its replies'} for ${seconds(fault.ms)}`;
  }
}

const DATABASE_WORDS = { fast: 'stopped (SIGINT)', immediate: 'stopped at once (SIGQUIT)', kill: 'killed (SIGKILL)' };
const CUT_WORDS: Readonly<Record<CutStage, string>> = {
  connect: 'at connect',
  greeting: 'behind the greeting',
  ehlo: 'at EHLO',
  mail: 'at MAIL',
  rcpt: 'at RCPT',
  data: 'at DATA',
  body: 'in the body',
  'dot-lost': 'behind the dot, message lost',
  'dot-kept': 'behind the dot, message kept',
  reply: 'right behind the reply',
};
const REFUSAL_WORDS: Readonly<Record<RefusalStage, string>> = {
  connect: 'as greeting',
  ehlo: 'to EHLO',
  mail: 'to MAIL',
  rcpt: 'to RCPT',
  data: 'to DATA',
  dot: 'behind the dot',
};

function port({ account }: { readonly account: number }): string {
  return `receiver ${account + 1}`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
