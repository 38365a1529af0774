import type { WebVersion } from '../../core/web-version.ts';
import { escapeHtml } from './page.ts';

/** Nothing runs, nothing is sent anywhere, and the page has no origin of its own: it is somebody's HTML. */
export const WEB_VERSION_POLICY = [
  "default-src 'none'",
  'img-src https: http: data:',
  'font-src https: data:',
  "style-src 'unsafe-inline' https:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  'sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation',
].join('; ');

const BAR =
  'margin:0;padding:12px 16px;font:14px/20px system-ui,sans-serif;color:#14171f;background:#fbfaf7;border-bottom:1px solid #e7e4dc;text-align:left';

/** The message under a bar that says what it is, as a mail program would. */
export function webVersionPage(version: WebVersion): string {
  const { html, text, subject } = version;
  const body =
    html ??
    `<pre style="white-space:pre-wrap;font:16px/24px system-ui,sans-serif;padding:16px;margin:0">${escapeHtml(text)}</pre>`;
  const head = `<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex, nofollow"><title>${escapeHtml(subject)}</title>`;
  if (!/<body\b/i.test(body))
    return `<!doctype html>\n<html><head>${head}</head><body style="margin:0">${bar(version)}${body}</body></html>`;
  const barred = body.replace(/<body\b(?:[^>"']|"[^"]*"|'[^']*')*>/i, (tag) => `${tag}${bar(version)}`);
  return /<head\b[^>]*>/i.test(barred) ? barred.replace(/<head\b[^>]*>/i, (tag) => `${tag}${head}`) : barred;
}

function bar({ subject, from, sentAt, unsubscribeUrl }: WebVersion): string {
  const when = sentAt === null ? '' : ` · ${escapeHtml(sentAt.toISOString().slice(0, 16).replace('T', ' '))} UTC`;
  return `<div style="${BAR}"><strong>${escapeHtml(subject)}</strong><br>${escapeHtml(from)}${when} · <a href="${escapeHtml(unsubscribeUrl)}" style="color:inherit">Unsubscribe</a></div>`;
}
