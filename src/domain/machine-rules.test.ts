import { describe, expect, it } from 'vitest';
import { judge } from './machine-rules.ts';

const sentAt = new Date('2026-03-01T12:00:00Z');
const after = (seconds: number) => new Date(sentAt.getTime() + seconds * 1000);
const PHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148';
const GMAIL_PROXY = 'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)';
const GMAIL_AHEAD =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/42.0.2311.135 Safari/537.36 Edge/12.246 Mozilla/5.0';

const opened = (agent: string | null, seconds = 600) => judge({ type: 'opened', agent, at: after(seconds) }, sentAt);
const clicked = (agent: string | null, seconds = 600) => judge({ type: 'clicked', agent, at: after(seconds) }, sentAt);

describe('who opened a message or followed a link', () => {
  it.each([
    [GMAIL_AHEAD, 'gmail-prefetch'],
    ['Mozilla/5.0', 'apple-privacy-proxy'],
    ['Barracuda Sentinel (EE)', 'security-scanner'],
    ['Mozilla/5.0 (compatible; Proofpoint URL Defense)', 'security-scanner'],
    ['Mozilla/5.0 AppleWebKit/537.36 BingPreview/1.0b', 'link-preview'],
    ['Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)', 'link-preview'],
    ['Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)', 'crawler'],
    ['Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/120.0', 'crawler'],
    ['python-requests/2.26.0', 'program'],
    ['curl/8.5.0', 'program'],
    ['', 'nameless'],
    [null, 'nameless'],
  ])('was a program when it called itself %s', (agent, why) => {
    expect(opened(agent)).toEqual({ isMachine: true, why });
    expect(clicked(agent)).toEqual({ isMachine: true, why });
  });

  it('was a person when a mail program fetched it for one who looked, and that is kept', () => {
    expect(opened(GMAIL_PROXY)).toEqual({ isMachine: false, why: 'gmail-image-proxy' });
    expect(opened('YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html')).toEqual({
      isMachine: false,
      why: 'yahoo-image-proxy',
    });
    expect(opened(PHONE)).toEqual({ isMachine: false, why: null });
    expect(clicked(PHONE)).toEqual({ isMachine: false, why: null });
  });

  it('was a program when it came sooner than anybody reads, or before the message was known to be out', () => {
    expect(clicked(PHONE, 4)).toEqual({ isMachine: true, why: 'too-soon' });
    expect(clicked(PHONE, 5).isMachine).toBe(false);
    expect(opened(GMAIL_PROXY, 1)).toEqual({ isMachine: true, why: 'too-soon' });
    expect(opened(PHONE, 2).isMachine).toBe(false);
    expect(judge({ type: 'clicked', agent: PHONE, at: after(600) }, null)).toEqual({
      isMachine: true,
      why: 'too-soon',
    });
  });
});
