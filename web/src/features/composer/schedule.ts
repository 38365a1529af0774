import type { CampaignDetail } from '../../../../src/contract/campaigns.ts';
import { dateFormat } from '../../lib/formats.ts';

/** The browser writes and reads `2026-11-24T09:30` in its field: what a clock shows, without a zone. */
export type ClockTime = string;

/** What the clock of the campaign's zone shows at its time; by recipients' clocks it is written as if it were UTC. */
export function clockTimeOf(
  { scheduledAt, timezone }: Pick<CampaignDetail, 'scheduledAt' | 'timezone'>,
  zone: string,
): ClockTime | null {
  if (scheduledAt === null) return null;
  const at = new Date(scheduledAt);
  return timezone === 'recipient' ? at.toISOString().slice(0, 16) : clockIn(at, timezone ?? zone);
}

/** What the clock of a zone shows at a moment. */
export function clockIn(at: Date, zone: string): ClockTime {
  const parts = dateFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(at);
  const part = (type: string) => parts.find((each) => each.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}`;
}
