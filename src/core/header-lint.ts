import type { Finding } from '../contract/content.ts';
import type { CampaignRow } from '../db/campaigns.ts';
import type { TemplateVersionRow } from '../db/templates.ts';
import { launchFinding } from './launch-finding.ts';

/** "Re:", "Fwd:" and what other languages write; Google names them among misleading subjects. */
const ANSWER = /^\s*(?:re|fwd?|aw|wg|antw|tr|sv|vs|rv)\s*(?:\[\d+\])?\s*:/i;
/** Characters drawn as pictures, which can pass for a badge beside a name. */
const PICTURE = /\p{Extended_Pictographic}/u;
const MERGE_FIELD = /\{\{/;

/** What receivers and readers hold against a header (support.google.com/a/answer/81126, "Message formatting"). */
export function headerFindings(
  campaign: Pick<CampaignRow, 'fromName'>,
  { subject }: Pick<TemplateVersionRow, 'subject'>,
): Finding[] {
  const name = campaign.fromName ?? '';
  const found: Finding[] = [];
  if (ANSWER.test(subject))
    found.push(
      launchFinding(
        'subject-line',
        'trouble',
        'The subject begins like an answer or a forwarded message. Gmail counts that as misleading, and readers as a trick.',
      ),
    );
  if (MERGE_FIELD.test(name))
    found.push(
      launchFinding(
        'from-name',
        'trouble',
        'The name of the sender holds a merge field. It is the same for everybody, and a reader’s own name in it looks like phishing to Gmail.',
      ),
    );
  if (PICTURE.test(name))
    found.push(
      launchFinding(
        'from-name',
        'trouble',
        'The name of the sender holds an emoji: Gmail refuses to take those for a badge of trust.',
      ),
    );
  if (name.includes('@'))
    found.push(
      launchFinding('from-name', 'notice', 'The name of the sender holds an @: an address in a name looks forged.'),
    );
  return found;
}

/** Every message has both headers (RFC 8058); mailboxes only show their button for an address on the internet with TLS. */
export function oneClickFinding(baseUrl: string): Finding {
  const { protocol, hostname } = new URL(baseUrl);
  const isLocal = hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
  if (protocol === 'https:' && !isLocal)
    return launchFinding(
      'one-click',
      'good',
      'Every message has the headers to unsubscribe with one click (RFC 8058).',
    );
  return launchFinding(
    'one-click',
    'trouble',
    `Mailboxes cannot unsubscribe with one click: links lead to ${baseUrl}, and Gmail and Yahoo ask for an https address that they can reach. Set BASE_URL.`,
  );
}
