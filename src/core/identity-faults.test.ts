import { describe, expect, it } from 'vitest';
import type { ReportRow } from '../db/campaign-report.ts';
import { identityFaults } from './identity-faults.ts';

const answer = (name: string | null, rows: number, kind: ReportRow['kind'] = 'answer'): ReportRow => ({
  kind,
  key: null,
  state: 'failed',
  class: name,
  code: 550,
  rows,
  example: `550 5.7.26 ${name}`,
});

describe('answers about the set-up of the sender', () => {
  it('are told apart from those about recipients, with what to do, most frequent first', () => {
    const faults = identityFaults([
      answer('mailbox-unknown', 90),
      answer('ptr-missing', 2),
      answer('spf-failed', 3),
      answer('spf-failed', 4),
      answer('something-else', 5),
      answer(null, 6),
      answer('dkim-failed', 7, 'domain'),
    ]);
    expect(faults.map(({ class: name, count }) => [name, count])).toEqual([
      ['spf-failed', 7],
      ['ptr-missing', 2],
    ]);
    expect(faults[0]).toMatchObject({
      example: '550 5.7.26 spf-failed',
      help: expect.stringMatching(/Add it to the SPF record/),
    });
  });
});
