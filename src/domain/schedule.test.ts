import { describe, expect, it } from 'vitest';
import { beginsAt, clockWords, instantWritten, readMoment } from './schedule.ts';

const instant = (text: string, zone = 'UTC') => {
  const moment = readMoment(text);
  return moment && new Date(instantWritten(moment, zone)).toISOString();
};

describe('when a campaign is sent', () => {
  it('is an instant when it has an offset, whatever the zone', () => {
    expect(instant('2026-03-01T09:00:00Z', 'Asia/Tokyo')).toBe('2026-03-01T09:00:00.000Z');
    expect(instant('2026-03-01T09:00:00.123+01:00')).toBe('2026-03-01T08:00:00.123Z');
    expect(instant('2026-03-01T09:00-0530')).toBe('2026-03-01T14:30:00.000Z');
  });

  it('is a time of the zone when it has none', () => {
    expect(instant('2026-07-01T09:00', 'Europe/Berlin')).toBe('2026-07-01T07:00:00.000Z');
    expect(instant('2026-07-01 09:00:30', 'America/New_York')).toBe('2026-07-01T13:00:30.000Z');
  });

  it.each([
    '',
    'tomorrow',
    '2026-02-30T09:00',
    '2026-03-01',
    '2026-03-01T24:00',
    '2026-03-01T09:60',
    '2026-03-01T09:00+1',
  ])('is not "%s"', (text) => expect(readMoment(text)).toBeNull());

  it('begins early enough for the first zone on earth when it goes by recipients’ clocks', () => {
    const scheduledAt = new Date('2026-03-02T09:00:00Z');
    expect(beginsAt({ scheduledAt, timezone: 'Europe/Berlin' })).toEqual(scheduledAt);
    expect(beginsAt({ scheduledAt, timezone: 'recipient' })).toEqual(new Date('2026-03-01T18:30:00Z'));
    expect(beginsAt({ scheduledAt: null, timezone: 'recipient' })).toBeNull();
    expect(clockWords(scheduledAt.getTime())).toBe('09:00 on 2026-03-02');
  });
});
