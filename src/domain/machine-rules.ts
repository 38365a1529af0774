/** What opened a message or followed a link, as far as its shape tells. */
interface AgentRule {
  readonly name: string;
  readonly pattern: RegExp;
  /**
   * `machine`: nobody looked. `reader`: it fetches for a person who looks, in a name of its own, so that nothing can be said of
   * their device.
   */
  readonly is: 'machine' | 'reader';
  /** Only where openings are concerned: a person may follow links with the same words. */
  readonly opensOnly?: true;
  /** Where it is known from. */
  readonly source: string;
}

/** The first that fits counts. */
const AGENT_RULES: readonly AgentRule[] = [
  {
    name: 'gmail-prefetch',
    pattern: /Chrome\/42\.0\.2311\.135 Safari\/537\.36 Edge\/12\.246 Mozilla\/5\.0$/,
    is: 'machine',
    source: 'https://bird.com/en-gb/blog/gmail-prefetching-images',
  },
  {
    // The bare words and nothing else: what the proxies of Mail Privacy Protection say, whether somebody looks or not.
    name: 'apple-privacy-proxy',
    pattern: /^Mozilla\/5\.0$/,
    is: 'machine',
    source: 'https://www.emailmarketingjournal.com/2021/09/apple-mpp/',
  },
  {
    // Fetched when the message is shown; Gmail's fetching ahead has a name of its own, above.
    name: 'gmail-image-proxy',
    pattern: /GoogleImageProxy/i,
    is: 'reader',
    opensOnly: true,
    source: 'https://bird.com/en-gb/blog/gmail-prefetching-images',
  },
  {
    name: 'yahoo-image-proxy',
    pattern: /YahooMailProxy/i,
    is: 'reader',
    opensOnly: true,
    source: 'https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html',
  },
  {
    name: 'security-scanner',
    pattern:
      /barracuda|proofpoint|mimecast|messagelabs|ironport|fireeye|trendmicro|sophos|fortinet|fortigate|forcepoint/i,
    is: 'machine',
    source: 'https://www.gmass.co/blog/false-opens-in-gmail/',
  },
  {
    name: 'link-preview',
    pattern:
      /BingPreview|Slackbot|facebookexternalhit|Twitterbot|LinkedInBot|WhatsApp\/|TelegramBot|Discordbot|SkypeUriPreview/i,
    is: 'machine',
    source:
      'https://api.slack.com/robots, https://developers.facebook.com/docs/sharing/webmasters/crawler: each names itself',
  },
  {
    name: 'crawler',
    pattern: /bot\b|crawler|spider|HeadlessChrome|PhantomJS/i,
    is: 'machine',
    source:
      'https://github.com/AdobeDocs/marketo.en: filtering-email-bot-activity.md (bots by user agent, and by proximity)',
  },
  {
    name: 'program',
    pattern:
      /^(?:curl|Wget|python-requests|Python|Go-http-client|Java|okhttp|axios|node|undici|libwww-perl|AHC|Apache-HttpClient)\b/i,
    is: 'machine',
    source: 'https://www.gmass.co/blog/false-opens-in-gmail/',
  },
];

/** What the timing alone tells. Figures: 836 bursts of five clicks and more within a second, in putyourlightson/craft-campaign#546. */
export const TIMING_RULES = {
  /** Nobody has a message, reads it and follows a link so soon after the server took it. */
  clickSeconds: 5,
  /** A mailbox that lies open may show a message quickly. */
  openSeconds: 2,
  /** So many different links of one copy within so many seconds. */
  burst: { links: 3, seconds: 2 },
} as const;

export interface Hit {
  readonly type: 'opened' | 'clicked';
  readonly agent: string | null;
  readonly at: Date;
}

/** Why it was a machine, or who fetched it for a person; null when nothing speaks against a person. */
export interface Verdict {
  readonly isMachine: boolean;
  readonly why: string | null;
}

/** `sentAt`: when the server took the message; null when that is not written down yet, a moment ago. */
export function judge({ type, agent, at }: Hit, sentAt: Date | null): Verdict {
  const rule = agentRule(type, agent);
  if (rule?.is === 'machine') return { isMachine: true, why: rule.name };
  const seconds = type === 'clicked' ? TIMING_RULES.clickSeconds : TIMING_RULES.openSeconds;
  if (sentAt === null || at.getTime() - sentAt.getTime() < seconds * 1000) return { isMachine: true, why: 'too-soon' };
  return { isMachine: false, why: rule?.name ?? null };
}

function agentRule(type: Hit['type'], agent: string | null): AgentRule | null {
  if (agent === null || agent.trim() === '') return NAMELESS;
  return AGENT_RULES.find((rule) => (type === 'opened' || !rule.opensOnly) && rule.pattern.test(agent.trim())) ?? null;
}

/** Every program that people read with says what it is. */
const NAMELESS: AgentRule = {
  name: 'nameless',
  pattern: /^$/,
  is: 'machine',
  source: 'RFC 9110 section 10.1.5: a user agent should say what it is',
};
