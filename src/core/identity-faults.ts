import type { DomainFinding } from '../contract/domains.ts';
import { type ReportRow, readReport } from '../db/campaign-report.ts';
import { listRecentSendsFrom } from '../db/sends.ts';
import { REPLY_CLASSES, type ReplyClassName } from '../mail/classify/reply-classes.ts';
import type { Core } from './context.ts';
import { finding } from './domain-finding.ts';

/** What receivers said of the sender's set-up: not of the people written to, and nothing that another list would mend. */
export interface IdentityFault {
  readonly class: string;
  readonly count: number;
  /** What one of the servers said. */
  readonly example: string | null;
  /** What it means, and what to do. */
  readonly help: string;
}

/** A failure at the sender's own door, of any state, by class; most frequent first. `countOf` scales what was sampled. */
export function identityFaults(
  rows: readonly ReportRow[],
  countOf = ({ rows: read }: ReportRow) => read,
): IdentityFault[] {
  const faults = new Map<string, IdentityFault>();
  for (const row of rows) {
    const known = row.class !== null && row.class in REPLY_CLASSES ? REPLY_CLASSES[row.class as ReplyClassName] : null;
    if (row.kind !== 'answer' || row.class === null || known?.subject !== 'identity') continue;
    const before = faults.get(row.class);
    faults.set(row.class, {
      class: row.class,
      count: (before?.count ?? 0) + countOf(row),
      example: before?.example ?? row.example,
      help: known.explanation,
    });
  }
  return [...faults.values()].sort((a, b) => b.count - a.count);
}

/** What receivers have said of a domain's set-up lately, in answers to its last campaigns. */
export async function refusalFindings(
  { db }: Pick<Core, 'db'>,
  workspaceId: string,
  domain: string,
): Promise<DomainFinding[]> {
  const sends = await listRecentSendsFrom(db.sql, workspaceId, domain);
  const found: ReportRow[] = [];
  for (const id of sends) found.push(...(await readReport(db.pool, id)));
  return identityFaults(found).map(({ class: name, example, help }) =>
    finding({
      check: 'refusals',
      state: 'wrong',
      isAdvice: true,
      subject: name,
      found: example,
      help: `Receivers refused mail of the last week for its set-up: ${help}`,
    }),
  );
}
