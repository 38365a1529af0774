import { brandOf } from '../../core/brand.ts';
import type { ConfirmationView } from '../../db/confirmations.ts';
import { escapeHtml, maskEmail, page } from './page.ts';

const listsOf = ({ lists }: ConfirmationView) =>
  lists.map(({ name }) => `<strong>${escapeHtml(name)}</strong>`).join(', ');

const brand = ({ workspaceName, from }: ConfirmationView) => brandOf(workspaceName, from);

/** Asks: programs follow links in mail, so only the button confirms. */
export function confirmPage(request: ConfirmationView): string {
  if (request.confirmedAt) return alreadyPage(request);
  return page({
    title: 'Confirm your subscription',
    brand: brand(request),
    body: `<p>Send ${listsOf(request)} to <strong>${escapeHtml(maskEmail(request.email))}</strong>?</p>
<form method="post"><div class="actions"><button type="submit">Yes, subscribe me</button></div></form>
<p class="muted">If you did not ask for this, close the page: nothing is sent to you.</p>`,
  });
}

function alreadyPage(request: ConfirmationView): string {
  return page({
    title: 'Confirmed already',
    brand: brand(request),
    body: '<p>This was confirmed before. Every message has a link with which you can change what you receive.</p>',
  });
}

export function confirmedPage(request: ConfirmationView): string {
  if (request.confirmedAt) return alreadyPage(request);
  return page({
    title: 'You are subscribed',
    brand: brand(request),
    body: `<p>${listsOf(request)} will be sent to <strong>${escapeHtml(maskEmail(request.email))}</strong>.</p>
<p class="muted">Every message has a link with which you can change that.</p>`,
  });
}

export function declinePage(request: ConfirmationView): string {
  return page({
    title: 'This was not you?',
    brand: brand(request),
    body: `<p>Somebody asked us to send ${listsOf(request)} to <strong>${escapeHtml(maskEmail(request.email))}</strong>.</p>
<form method="post"><div class="actions"><button type="submit">It was not me</button></div></form>
<p class="muted">Nothing is sent to you unless you confirm.</p>`,
  });
}

export function declinedPage(): string {
  return page({
    title: 'Thank you',
    body: '<p>The request is deleted. Nothing is sent to you because of it.</p>',
  });
}
