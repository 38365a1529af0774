const PARAGRAPH =
  '<p style="margin:0 0 16px">Hello world, this is a line of a campaign body that goes to everybody.</p>\n';

/**
 * About 10 KB of HTML and text with five merge fields and three links that are different in every copy, as tracked ones
 * are: what a newsletter looks like.
 */
export const LETTER_HTML = `<!doctype html><html><body><h1>Hi {{firstName}},</h1>
<p>your plan is {{plan}}, you live in {{city}}, and you have ordered {{orders}} times as {{email}}.</p>
${PARAGRAPH.repeat(60)}
<p><a href="https://links.test/1?to={{email}}">One</a> <a href="https://links.test/2?to={{email}}">Two</a> <a href="https://links.test/3?to={{email}}">Three</a> <a href="{{unsubscribeUrl}}">Unsubscribe</a></p>
</body></html>`;

export const LETTER_SUBJECT = 'News for {{firstName}}';

export interface BenchRecipient {
  readonly [field: string]: unknown;
  readonly email: string;
  readonly firstName: string;
}

export function benchRecipients(count: number): BenchRecipient[] {
  return Array.from({ length: count }, (_, i) => ({
    email: `person${i}@example.test`,
    firstName: `Person ${i}`,
    plan: 'team',
    city: 'Lisbon',
    orders: i % 24,
  }));
}
