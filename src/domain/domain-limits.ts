import type { Limits } from './permit-window.ts';

/** How much mail a recipient domain may get. */
export interface DomainLimit extends Limits {
  /** In ASCII and lower case: "example.com". Subdomains are domains of their own. */
  readonly domain: string;
}
