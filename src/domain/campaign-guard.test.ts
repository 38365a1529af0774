import { describe, expect, it } from 'vitest';
import { judgeCampaign, USUAL_GUARD } from './campaign-guard.ts';

const judge = (sent: number, complained: number, bounced: number) =>
  judgeCampaign(USUAL_GUARD, { sent, tried: sent + bounced, complained, bounced })?.level ?? null;

describe('the guard of a campaign', () => {
  it('slows it down at 0.1 % complaints and stops it at 0.3 %', () => {
    expect([judge(10_000, 9, 0), judge(10_000, 10, 0), judge(10_000, 29, 0), judge(10_000, 30, 0)]).toEqual([
      null,
      'slow',
      'slow',
      'stopped',
    ]);
  });

  it('stops it at 5 % of addresses that do not exist', () => {
    expect([judge(951, 0, 49), judge(950, 0, 50)]).toEqual([null, 'stopped']);
  });

  it('says nothing of a few messages, or of one or two complaints', () => {
    expect([judge(400, 50, 90), judge(500, 2, 0), judge(500, 3, 0)]).toEqual([null, null, 'stopped']);
  });

  it('counts from where a person resumed it', () => {
    const since = { sent: 10_000, tried: 10_000, complained: 40, bounced: 0 };
    expect(judgeCampaign(USUAL_GUARD, { sent: 12_000, tried: 12_000, complained: 41, bounced: 10 }, since)).toBeNull();
    expect(judgeCampaign(USUAL_GUARD, { sent: 12_000, tried: 12_000, complained: 46, bounced: 10 }, since)?.level).toBe(
      'stopped',
    );
  });

  it('leaves everything alone where it is switched off, and tells why in figures', () => {
    const off = { ...USUAL_GUARD, enabled: false };
    expect(judgeCampaign(off, { sent: 1000, tried: 1000, complained: 500, bounced: 500 })).toBeNull();
    const counts = { sent: 9000, tried: 10_000, complained: 0, bounced: 1000 };
    expect(judgeCampaign(USUAL_GUARD, counts)?.words).toMatch(
      /^Of 10,000 recipients 1,000 have no mailbox \(10 %, from 5 %/,
    );
  });
});
