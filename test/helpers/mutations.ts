import fc, { type Arbitrary } from 'fast-check';
import type { Score } from './play-back.ts';

interface Mutation {
  readonly kind: 'flip' | 'delete' | 'insert' | 'cut' | 'repeat' | 'swap' | 'drop' | 'join';
  readonly piece: number;
  readonly at: number;
  readonly byte: number;
}

const mutation: Arbitrary<Mutation> = fc.record({
  kind: fc.constantFrom<Mutation['kind']>('flip', 'delete', 'insert', 'cut', 'repeat', 'swap', 'drop', 'join'),
  piece: fc.nat(30),
  at: fc.nat(200),
  byte: fc.oneof(fc.constantFrom(0, 9, 10, 13, 32, 45, 50, 51, 52, 53, 255), fc.nat(255)),
});

/** What a well-behaved server says, changed in a few places: bytes, the packets they come in, the moment TLS begins. */
export function mutated(score: Score): Arbitrary<Score> {
  return fc.array(mutation, { maxLength: 4 }).map((mutations) => mutations.reduce<Score>(apply, score));
}

function apply(score: Score, { kind, piece: n, at: where, byte }: Mutation): Score {
  const i = n % Math.max(1, score.length);
  const piece = score[i];
  const next = score[i + 1];
  const replaceBy = (...pieces: Score): Score => [...score.slice(0, i), ...pieces, ...score.slice(i + 1)];
  if (piece === undefined || kind === 'drop') return replaceBy();
  if (kind === 'repeat') return replaceBy(piece, piece);
  if (kind === 'swap') return next === undefined ? score : [...score.slice(0, i), next, piece, ...score.slice(i + 2)];
  if (piece === 'tls') return score;
  const at = where % (piece.length + 1);
  const [head, tail] = [piece.subarray(0, at), piece.subarray(at)];
  if (kind === 'cut') return replaceBy(head, tail);
  if (kind === 'delete') return replaceBy(Buffer.concat([head, tail.subarray(1)]));
  if (kind === 'insert') return replaceBy(Buffer.concat([head, Buffer.of(byte), tail]));
  if (kind === 'flip') return replaceBy(Buffer.concat([head, Buffer.of(byte), tail.subarray(1)]));
  if (next === undefined || next === 'tls') return score;
  return [...score.slice(0, i), Buffer.concat([piece, next]), ...score.slice(i + 2)];
}
