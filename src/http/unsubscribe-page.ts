/** Pages for people who follow an unsubscribe link: plain HTML, readable anywhere, nothing to load, no script. */
export function confirmPage(email: string, sender: string | null): string {
  const from = sender === null ? '' : ` from <strong>${escapeHtml(sender)}</strong>`;
  return page(
    'Unsubscribe',
    `<p>Stop sending these messages${from} to <strong>${escapeHtml(maskEmail(email))}</strong>?</p>
<form method="post"><input type="hidden" name="List-Unsubscribe" value="One-Click"><button type="submit">Unsubscribe</button></form>
<p>If you followed this link by accident, close the page: nothing has been changed.</p>`,
  );
}

export function donePage(email: string): string {
  return page(
    'You are unsubscribed',
    `<p>These messages will not be sent to <strong>${escapeHtml(maskEmail(email))}</strong> any more.</p>
<p>A message that is on its way at this moment may still arrive.</p>`,
  );
}

export function testPage(): string {
  return page(
    'This was a test',
    '<p>The message was sent as a test, outside any campaign. There is nothing to unsubscribe from.</p>',
  );
}

export function troublePage(message: string): string {
  return page('That did not work', `<p>${escapeHtml(message)}</p>`);
}

/** Enough to recognise one's own address, and not enough to read somebody else's from a forwarded message. */
function maskEmail(email: string): string {
  const at = email.lastIndexOf('@');
  return `${[...email][0] ?? ''}•••${email.slice(at)}`;
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>${title}</title>
<style>body{font:1.1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:12vh auto;padding:0 1rem;color:#1a1a1a;background:#fff}
button{font:inherit;padding:.6rem 1.4rem;border:0;border-radius:.4rem;color:#fff;background:#1c4fd8;cursor:pointer}
button:focus-visible{outline:3px solid #8fb0ff;outline-offset:2px}
@media(prefers-color-scheme:dark){body{color:#eee;background:#16181d}}</style></head>
<body><main><h1>${title}</h1>
${body}
</main></body></html>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}
