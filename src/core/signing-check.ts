import type { Finding } from '../contract/content.ts';
import type { DomainFinding } from '../contract/domains.ts';
import type { CampaignRow } from '../db/campaigns.ts';
import { listDkimKeys } from '../db/dkim-keys.ts';
import { listDomainsNamed } from '../db/domains.ts';
import { withParents } from '../domain/domain-name.ts';
import type { Core } from './context.ts';
import { showDomain } from './domains.ts';
import { launchFinding } from './launch-finding.ts';

/** Whether mail from a domain is signed, and what else its last check found. Asks the database only. */
export async function signingFinding(
  core: Pick<Core, 'db'>,
  { workspaceId }: Pick<CampaignRow, 'workspaceId'>,
  domain: string,
): Promise<Finding> {
  const names = withParents(domain);
  const rows = await listDomainsNamed(core.db.sql, workspaceId, names);
  const row = rows
    .sort((a, b) => names.indexOf(a.domain) - names.indexOf(b.domain))
    .sort((a, b) => Number(a.verifiedAt === null) - Number(b.verifiedAt === null))[0];
  if (!row)
    return launchFinding(
      'signing',
      'notice',
      `${domain} is not set up: messages are not signed with DKIM here, and Gmail, Yahoo and Microsoft ask for that. Add it under Domains, unless your provider signs for it.`,
    );
  const { state, findings } = showDomain(row, await listDkimKeys(core.db.sql, [row.id]));
  if (state === 'pending')
    return launchFinding(
      'signing',
      'trouble',
      `The DKIM record of ${row.domain} was not seen yet: messages are not signed until it is. Its page under Domains shows what to set.`,
    );
  const faults = findings.filter(isFault).map(({ check, help }) => `${check}: ${help}`);
  return state === 'faulty'
    ? launchFinding(
        'signing',
        'trouble',
        `Messages are signed with DKIM by ${row.domain}, but its records have faults.`,
        faults,
      )
    : launchFinding('signing', 'good', `Messages are signed with DKIM by ${row.domain}.`);
}

function isFault({ state, isAdvice }: DomainFinding): boolean {
  return !isAdvice && (state === 'missing' || state === 'wrong');
}
