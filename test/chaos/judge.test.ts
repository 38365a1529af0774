import { describe, expect, it } from 'vitest';
import type { ReceivedMessage } from '../../bench/chaos/copy-log.ts';
import type { InjectedFault } from '../../bench/chaos/injector.ts';
import { type Facts, judge, type LedgerLine } from '../../bench/chaos/judge.ts';
import { emptyCounts } from '../../src/domain/recipient-state.ts';

const row = (email: string, state: LedgerLine['state'], cause = ''): LedgerLine => ({
  email,
  state,
  class: cause,
  attempts: '1',
  code: '',
  response: '',
});
const copy = (recipient: string, at: number, more: Partial<ReceivedMessage> = {}): ReceivedMessage => ({
  recipient,
  account: 0,
  connection: 1,
  begunAt: at - 5,
  at,
  fate: 'kept',
  rightContent: true,
  replied: true,
  ...more,
});
const fault = (unknownAllowed: InjectedFault['unknownAllowed']): InjectedFault => ({
  fault: { kind: 'pause', ms: 1, no: 1, after: 0 },
  from: 0,
  to: 1,
  kept: 0,
  hits: null,
  unknownAllowed,
});

/** Five recipients of whom everything is true. */
function facts(change: Partial<Facts> = {}): Facts {
  const ledger = change.ledger ?? [
    row('a', 'sent'),
    row('b', 'sent'),
    row('c', 'failed'),
    row('d', 'excluded'),
    row('e', 'unknown', 'worker-lost'),
  ];
  const counts = emptyCounts();
  for (const { state } of ledger) counts[state]++;
  return {
    audience: ['a', 'b', 'c', 'd', 'e'],
    counts,
    ledger,
    received: [copy('a', 1000), copy('b', 1500), copy('e', 2100, { replied: false })],
    faults: [fault({ connections: 0, workers: 1 })],
    suppressed: [{ recipient: 'd', askedAt: 10, answeredAt: 20 }],
    outages: [{ from: 1600, to: 2000 }],
    limits: [{ account: 0, widthMs: 1000, allowed: 2 }],
    inFlightAtMost: 1,
    ...change,
  };
}

const broken = (change: Partial<Facts>) =>
  judge(facts(change))
    .filter(({ held }) => !held)
    .map(({ promise, recipients }) => ({ promise, recipients }));

describe('the judge of a chaos run', () => {
  it('finds that every promise held when ledger and receiving server agree', () => {
    expect(broken({})).toEqual([]);
    expect(judge(facts()).map(({ promise }) => promise)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it("sees a second copy, also one that was never acknowledged, and somebody else's content", () => {
    const received = facts().received;
    const second = copy('a', 9000, { replied: false });
    expect(broken({ received: [...received, second] })).toEqual([{ promise: 1, recipients: ['a'] }]);
    expect(broken({ received: [...received.slice(1), copy('a', 1000, { rightContent: false })] })).toEqual([
      { promise: 1, recipients: ['a'] },
    ]);
  });

  it('does not take what was refused or thrown away for a copy', () => {
    const received = [
      ...facts().received,
      copy('a', 9000, { fate: 'refused' }),
      copy('b', 12_000, { fate: 'dropped' }),
    ];
    expect(broken({ received })).toEqual([]);
  });

  it('sees a row that is missing, doubled, not final, or not true', () => {
    const { ledger } = facts();
    expect(broken({ ledger: ledger.slice(1) })[0]).toMatchObject({ promise: 1, recipients: ['a'] }); // a copy without a row
    expect(broken({ ledger: [...ledger, row('c', 'failed')] })).toEqual([{ promise: 2, recipients: [] }]);
    const but = (email: string, state: LedgerLine['state']) => ({
      ledger: ledger.map((line) => (line.email === email ? row(email, state) : line)),
    });
    expect(broken(but('c', 'deferred'))).toEqual([{ promise: 2, recipients: ['c'] }]);
    expect(broken(but('c', 'sent'))).toEqual([{ promise: 2, recipients: ['c'] }]);
    expect(broken(but('a', 'failed'))).toEqual([{ promise: 2, recipients: ['a'] }]);
    expect(broken(but('c', 'excluded'))).toEqual([{ promise: 2, recipients: ['c'] }]);
  });

  it('sees counts that are not those of the ledger', () => {
    expect(broken({ counts: { ...emptyCounts(), sent: 5 } })).toEqual([{ promise: 2, recipients: [] }]);
  });

  it('allows unknown rows only where a fault can have caused them', () => {
    expect(broken({ faults: [] })).toEqual([{ promise: 3, recipients: ['e'] }]);
    expect(broken({ faults: [fault({ connections: 9, workers: 0 })] })).toEqual([{ promise: 3, recipients: ['e'] }]);
  });

  it('sees a window over the limit wherever it lies, refused messages included', () => {
    const late = [5000, 5900, 5999].map((at) => copy(`x${at}`, at, { fate: 'refused' }));
    expect(broken({ received: [...facts().received, ...late] })).toEqual([{ promise: 4, recipients: [] }]);
    const apart = [5000, 5900, 6000].map((at) => copy(`x${at}`, at, { fate: 'refused' }));
    expect(broken({ received: [...facts().received, ...apart] })).toEqual([]);
  });

  it('sees a copy that was begun after a suppression was answered, and none that was under way', () => {
    const suppressed = (answeredAt: number) => [
      ...facts().suppressed,
      { recipient: 'a', askedAt: answeredAt - 50, answeredAt },
    ];
    expect(broken({ suppressed: suppressed(990) })).toEqual([{ promise: 5, recipients: ['a'] }]);
    expect(broken({ suppressed: suppressed(996) })).toEqual([]);
  });

  it('sees more messages without a database than had passed the gate', () => {
    expect(broken({ outages: [{ from: 900, to: 1700 }] })).toEqual([{ promise: 6, recipients: [] }]);
  });
});
