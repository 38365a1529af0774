/** When a campaign is slowed down or stopped by itself; shares of what was sent, 0 to 1. */
export interface GuardRules {
  readonly enabled: boolean;
  /** Fewer messages than this say nothing. */
  readonly minimumSent: number;
  readonly slowAtComplaints: number;
  readonly stopAtComplaints: number;
  readonly stopAtHardBounces: number;
}

/**
 * Complaints: Google and Yahoo ask senders to stay below 0.1 % and never reach 0.3 % (support.google.com/a/answer/81126,
 * senders.yahooinc.com/best-practices). Hard bounces: providers suspend accounts between 5 and 10 % (Amazon SES reviews
 * them from 5 % on).
 */
export const USUAL_GUARD: GuardRules = {
  enabled: true,
  minimumSent: 500,
  slowAtComplaints: 0.001,
  stopAtComplaints: 0.003,
  stopAtHardBounces: 0.05,
};

/** What became of a campaign so far. */
export interface GuardCounts {
  /** Accepted by a server. */
  readonly sent: number;
  /** The same, and refused because the address is no good. */
  readonly tried: number;
  readonly complained: number;
  /** Refused for good at the door, or returned later, because the address is no good. */
  readonly bounced: number;
}

const NO_COUNTS: GuardCounts = { sent: 0, tried: 0, complained: 0, bounced: 0 };

/** One angry reader, or two, are not a rate. */
const LEAST_COMPLAINTS = 3;

export interface GuardVerdict {
  readonly level: 'slow' | 'stopped';
  readonly words: string;
}

/** Null: nothing is the matter. `since`: what was known when a person resumed it; only what came after that counts. */
export function judgeCampaign(
  rules: GuardRules,
  now: GuardCounts,
  since: GuardCounts = NO_COUNTS,
): GuardVerdict | null {
  const sent = now.sent - since.sent;
  const tried = now.tried - since.tried;
  const complained = now.complained - since.complained;
  const bounced = now.bounced - since.bounced;
  if (!rules.enabled || tried < rules.minimumSent) return null;
  const complaints = complained < LEAST_COMPLAINTS ? 0 : complained / Math.max(1, sent);
  const bounces = bounced / Math.max(1, tried);
  if (complaints >= rules.stopAtComplaints)
    return {
      level: 'stopped',
      words: `${complaintWords(complained, sent)} From ${percent(rules.stopAtComplaints)} on mailboxes put mail of a sender away as spam, for weeks. Find out who these people are and how they came onto the list before you resume.`,
    };
  if (bounces >= rules.stopAtHardBounces)
    return {
      level: 'stopped',
      words: `Of ${count(tried)} recipients ${count(bounced)} have no mailbox (${percent(bounces)}, from ${percent(rules.stopAtHardBounces)} on it is stopped). Such lists get senders blocked: clean it before you resume.`,
    };
  if (complaints >= rules.slowAtComplaints)
    return { level: 'slow', words: `${complaintWords(complained, sent)} It goes on at a tenth of its rate.` };
  return null;
}

function complaintWords(complained: number, sent: number): string {
  return `${count(complained)} of ${count(sent)} recipients took it for spam (${percent(complained / sent)}).`;
}

const count = (value: number) => value.toLocaleString('en');
const percent = (share: number) => `${(share * 100).toLocaleString('en', { maximumSignificantDigits: 2 })} %`;
