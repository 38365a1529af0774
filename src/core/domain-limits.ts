import { domainToASCII } from 'node:url';
import type { DomainLimits } from '../contract/accounts.ts';
import type { DomainLimit } from '../domain/domain-limits.ts';
import { windowsOf } from '../domain/permit-window.ts';
import { invalid } from './content.ts';

const DOMAIN = /^(?=.{1,253}$)[a-z0-9_-]+(\.[a-z0-9_-]+)*$/;

/** Limits as they are kept: domains in ASCII and lower case, each once, with at least one limit. Throws VALIDATION. */
export function readDomainLimits(given: DomainLimits): DomainLimit[] {
  const seen = new Set<string>();
  return given.map((limit, i) => {
    const domain = domainToASCII(limit.domain.trim().replace(/^@/, '').replace(/\.$/, '')).toLowerCase();
    const path = `domainLimits/${i}`;
    if (!DOMAIN.test(domain))
      throw invalid(`${path}/domain`, `"${limit.domain}" is not a domain: write it as example.com`);
    if (seen.has(domain))
      throw invalid(`${path}/domain`, `${domain} is named twice: give it all of its limits at once`);
    seen.add(domain);
    if (windowsOf(limit).length === 0)
      throw invalid(path, 'has no limit: give perSecond, perMinute, perHour or perDay, or leave the domain out');
    const { perSecond = null, perMinute = null, perHour = null, perDay = null } = limit;
    return { domain, perSecond, perMinute, perHour, perDay };
  });
}
