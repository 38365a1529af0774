import { randomBytes, randomUUID } from 'node:crypto';
import { LinkTokens, markOf } from '../src/domain/link-tokens.ts';
import { RecipientTokens } from '../src/domain/tokens.ts';

interface TokenFigure {
  readonly name: string;
  /** Forged tokens: none of them was made by this installation. */
  readonly forged: number;
  readonly seconds: number;
  readonly accepted: number;
}

export interface TokenBench {
  readonly forged: readonly TokenFigure[];
  /** Microseconds for the unsubscribe token and Message-ID of a copy, and for ten tracked links and the picture besides. */
  readonly microsecondsPerCopy: { readonly untracked: number; readonly tracked: number };
  readonly isWithin: boolean;
}

const FORGED = 10_000;
export const WITHIN_SECONDS = 1;
const COPIES = 100_000;
const LINKS = 10;

/** What it costs to refuse forged tokens, and to make real ones. Nothing else runs: no database, no network. */
export function runTokens(): TokenBench {
  const tokens = new RecipientTokens(randomBytes(32));
  const links = new LinkTokens(randomBytes(32));
  const sendId = randomUUID();
  const marks = Array.from({ length: LINKS }, (_, link) => markOf('click', link));
  const real = links.ofCopy({ sendId, seq: 1 }, [markOf('click')])[0] ?? '';
  const unsubscribe = tokens.forRecipient({ sendId, seq: 1 }).unsubscribeToken;
  // The same length, the same row, another MAC: the dearest to refuse.
  const forgedLinks = forge(real, 32);
  const forged = [
    refuse('click', forgedLinks, (token) => links.read('click', token) !== null),
    refuse('open', forgedLinks, (token) => links.read('open', token) !== null),
    refuse('web version', forgedLinks, (token) => links.read('view', token) !== null),
    refuse('unsubscribe', forge(unsubscribe, 28), (token) => tokens.readUnsubscribeToken(token) !== null),
  ];
  const untracked = perCopy((seq) => tokens.forRecipient({ sendId, seq }));
  const all = [...marks, markOf('open')];
  const tracked = perCopy((seq) => [tokens.forRecipient({ sendId, seq }), links.ofCopy({ sendId, seq }, all)]);
  return {
    forged,
    microsecondsPerCopy: { untracked, tracked },
    isWithin: forged.every(({ seconds, accepted }) => accepted === 0 && seconds < WITHIN_SECONDS),
  };
}

/** `from`: where the MAC begins, in characters. */
function forge(token: string, from: number): string[] {
  return Array.from({ length: FORGED }, () => {
    const mac = randomBytes(Math.ceil(((token.length - from) * 3) / 4)).toString('base64url');
    return token.slice(0, from) + mac.slice(0, token.length - from);
  });
}

function refuse(name: string, forged: readonly string[], reads: (token: string) => boolean): TokenFigure {
  const startedAt = performance.now();
  const accepted = forged.filter(reads).length;
  return { name, forged: forged.length, seconds: (performance.now() - startedAt) / 1000, accepted };
}

function perCopy(make: (seq: number) => unknown): number {
  for (let seq = 1; seq <= COPIES / 10; seq++) make(seq);
  const startedAt = performance.now();
  for (let seq = 1; seq <= COPIES; seq++) make(seq);
  return ((performance.now() - startedAt) * 1000) / COPIES;
}
