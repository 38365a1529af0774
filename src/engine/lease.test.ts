import { expect, test } from 'vitest';
import { Lease, thisMoment } from './lease.ts';

const LEASE_MS = 30_000;
const active = { recalled: false };

test('a lease holds until a second before its end, from the moment before it was asked for', () => {
  const { steady, wall } = thisMoment();
  const after = (ms: number) => new Lease(LEASE_MS, { steady: steady - ms, wall: wall - ms }, active).recalled;
  expect(after(0)).toBe(false);
  expect(after(LEASE_MS - 2000)).toBe(false);
  expect(after(LEASE_MS - 1000)).toBe(true);
});

test('it is over when either clock says so: one stands still while the machine sleeps, the other may be set back', () => {
  const { steady, wall } = thisMoment();
  expect(new Lease(LEASE_MS, { steady, wall: wall - LEASE_MS }, active).recalled).toBe(true);
  expect(new Lease(LEASE_MS, { steady: steady - LEASE_MS, wall: wall + 86_400_000 }, active).recalled).toBe(true);
});

test('a renewal puts it forward, and a campaign that is paused ends it at once', () => {
  const { steady, wall } = thisMoment();
  const campaign = { recalled: false };
  const lease = new Lease(LEASE_MS, { steady: steady - LEASE_MS, wall: wall - LEASE_MS }, campaign);
  lease.renewed({ steady, wall });
  expect(lease.recalled).toBe(false);
  campaign.recalled = true;
  expect(lease.recalled).toBe(true);
});
