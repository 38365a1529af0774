import { describe, expect, it } from 'vitest';
import { accountsFor } from './account-choice.ts';

const mailbox = { id: 'mailbox', isSandbox: true };
const real = { id: 'real', isSandbox: false };
const other = { id: 'other', isSandbox: false };

describe('which accounts a campaign may send through', () => {
  it('is the built-in mailbox while there is nothing else', () => {
    expect(accountsFor([mailbox], [])).toEqual([mailbox]);
  });

  it('is never the built-in mailbox beside a real account, unless it is named', () => {
    expect(accountsFor([mailbox, real, other], [])).toEqual([real, other]);
    expect(accountsFor([mailbox, real], ['mailbox'])).toEqual([mailbox]);
  });

  it('is what the campaign names, and nothing else', () => {
    expect(accountsFor([mailbox, real, other], ['other'])).toEqual([other]);
    expect(accountsFor([mailbox, real], ['gone'])).toEqual([]);
  });
});
