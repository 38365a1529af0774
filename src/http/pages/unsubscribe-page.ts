import { escapeHtml, maskEmail, page } from './page.ts';

/** Asks; the button does it. `preferences`: address of the page with more choices. */
export function confirmUnsubscribePage(email: string, sender: string | null, preferences: string): string {
  const from = sender === null ? '' : ` from <strong>${escapeHtml(sender)}</strong>`;
  return page({
    title: 'Unsubscribe',
    brand: sender,
    body: `<p>Stop sending these messages${from} to <strong>${escapeHtml(maskEmail(email))}</strong>?</p>
<form method="post"><input type="hidden" name="from" value="page">
${REASON}
<div class="actions"><button type="submit">Unsubscribe</button>
<a class="button quiet" href="${escapeHtml(preferences)}">More choices</a></div></form>
<p class="muted">If you followed this link by accident, close the page: nothing has been changed.</p>`,
  });
}

const REASONS = [
  'I get too many messages',
  'They are not about what interests me',
  'I never asked for them',
  'Something else',
];

/** Why they leave: asked, never needed. */
export const REASON = `<div class="field"><label for="reason">Why? <span class="muted">(optional)</span></label>
<select id="reason" name="reason"><option value="">I would rather not say</option>
${REASONS.map((reason) => `<option>${escapeHtml(reason)}</option>`).join('\n')}
</select></div>`;

/** One of the reasons offered; anything else is not kept. */
export function readReason(text: string | null): string | null {
  return REASONS.find((reason) => reason === text) ?? null;
}

export function unsubscribedPage(email: string, sender: string | null, preferences: string): string {
  return page({
    title: 'You are unsubscribed',
    brand: sender,
    body: `<p>These messages will not be sent to <strong>${escapeHtml(maskEmail(email))}</strong> any more.</p>
<p>A message that is on its way at this moment may still arrive.</p>
<p><a href="${escapeHtml(preferences)}">Choose what else you receive, or come back</a></p>`,
  });
}

export function testPage(): string {
  return page({
    title: 'This was a test',
    body: '<p>The message was sent as a test, outside any campaign. There is nothing to unsubscribe from.</p>',
  });
}
