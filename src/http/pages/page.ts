import { PAGE_STYLE } from './page-style.ts';

export interface PageContent {
  readonly title: string;
  /** HTML. */
  readonly body: string;
  /** Whose page it is: a sender, as people know them. */
  readonly brand?: string | null;
  /** BCP 47. */
  readonly language?: string;
}

/** A whole document for people: plain HTML, readable anywhere, nothing to load, no script. */
export function page({ title, body, brand = null, language = 'en' }: PageContent): string {
  const by = brand === null ? '' : `<p class="brand">${escapeHtml(brand)}</p>\n`;
  const named = brand === null ? title : `${title} · ${brand}`;
  return `<!doctype html>
<html lang="${escapeHtml(language)}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow"><meta name="color-scheme" content="light dark"><title>${escapeHtml(named)}</title>
<style>${PAGE_STYLE}</style></head>
<body><div class="frame">${by === '' ? '' : `<header>${by}</header>`}<main>
<h1>${escapeHtml(title)}</h1>
${body}
</main></div></body></html>`;
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** Enough to recognise one's own address, and not enough to read somebody else's from a forwarded message. */
export function maskEmail(email: string): string {
  const at = email.lastIndexOf('@');
  return `${[...email][0] ?? ''}•••${email.slice(at)}`;
}

/** Said at the top, after something was done. */
export function doneNotice(words: string): string {
  return `<div class="notice" role="status">${escapeHtml(words)}</div>`;
}

export function troublePage(message: string): string {
  return page({ title: 'That did not work', body: `<p>${escapeHtml(message)}</p>` });
}
