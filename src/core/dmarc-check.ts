import type { DomainFinding } from '../contract/domains.ts';
import { type DmarcReport, readDmarc } from './dmarc-walk.ts';
import type { DnsLookup } from './dns-lookup.ts';
import { finding } from './domain-finding.ts';

/** The policy for mail from a domain, and whether signature and return path count for it. */
export async function dmarcFindings(
  dns: DnsLookup,
  domain: string,
  returnPathDomain: string | null,
): Promise<DomainFinding[]> {
  const report = await readDmarc(dns, domain);
  if (report === null) {
    const help = `The DNS could not be asked for the DMARC record of ${domain}, or of a domain above it.`;
    return [finding({ check: 'dmarc', state: 'unknown', help })];
  }
  return [policyFinding(domain, report), await alignmentFinding(dns, domain, report, returnPathDomain)];
}

function policyFinding(domain: string, report: DmarcReport): DomainFinding {
  const { record, at, text, doubled } = report;
  const told = (state: DomainFinding['state'], help: string, value: string | null = null, host = `_dmarc.${domain}`) =>
    finding({
      check: 'dmarc',
      state,
      subject: at,
      found: text,
      record: value === null ? null : { type: 'TXT', host, value },
      help,
    });
  if (doubled !== null)
    return told(
      'wrong',
      `There are several DMARC records under _dmarc.${doubled}, and receivers then look at none: leave one.`,
    );
  if (record === null)
    return told(
      'missing',
      'Set this record: Google, Yahoo and Microsoft ask bulk senders for one. "p=none" asks nobody to refuse anything; add rua=mailto:… to get reports.',
      'v=DMARC1; p=none',
    );
  if (record.policy === null)
    return told(
      'wrong',
      'Its policy is missing, or none of none, quarantine and reject: write p=none, p=quarantine or p=reject behind v=DMARC1.',
      'v=DMARC1; p=none',
      `_dmarc.${at}`,
    );
  const policy = at === domain ? record.policy : (record.subdomainPolicy ?? record.policy);
  const old = record.obsolete.join(', ');
  const where = at === domain ? '' : ` It stands at ${at}, above the domain.`;
  const note = old === '' ? '' : ` ${old} mean nothing any more (RFC 9989): take them out.`;
  return told(
    'ok',
    `Receivers are asked for "${policy}" when neither DKIM nor SPF agree with the From domain.${where}${note}`,
  );
}

async function alignmentFinding(
  dns: DnsLookup,
  domain: string,
  report: DmarcReport,
  returnPathDomain: string | null,
): Promise<DomainFinding> {
  const told = (state: DomainFinding['state'], help: string) =>
    finding({ check: 'alignment', state, isAdvice: true, subject: returnPathDomain ?? domain, help });
  const signature = `Signatures are of ${domain} itself, so they count for DMARC.`;
  if (returnPathDomain === null || returnPathDomain === domain)
    return told('ok', `${signature} So does the return path.`);
  if (report.record?.strictSpf)
    return told(
      'wrong',
      `${signature} Bounces go to ${returnPathDomain}, and the policy is strict (aspf=s): SPF does not count.`,
    );
  const other = await readDmarc(dns, returnPathDomain);
  if (other === null) return told('unknown', `The DNS could not be asked for the DMARC record of ${returnPathDomain}.`);
  return other.organization === report.organization
    ? told('ok', `${signature} So does the return path at ${returnPathDomain}.`)
    : told(
        'wrong',
        `${signature} Bounces go to ${returnPathDomain}, which belongs to somebody else as far as DMARC can see: SPF does not count. Choose a return path below ${report.organization}.`,
      );
}
