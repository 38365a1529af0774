import { createHash } from 'node:crypto';

/** The look of pages that people see who get mail: one sheet, in the page, so that nothing is loaded. */
export const PAGE_STYLE = `
:root{color-scheme:light dark;--paper:#fbfaf7;--surface:#fff;--line:#e7e4dc;--field:#8a8f98;--ink:#14171f;--muted:#5c6370;--accent:#e8a400;--bad:#c8372d;--good:#2e7d4f}
@media(prefers-color-scheme:dark){:root{--paper:#0f1115;--surface:#171a20;--line:#262a32;--field:#6e7480;--ink:#ecedef;--muted:#9aa1ad;--bad:#f0736a;--good:#4caf7a}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/24px Inter,ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;overflow-wrap:break-word}
.frame{max-width:560px;margin:0 auto;padding:64px 16px 48px}
.brand{margin:0 0 16px;font-weight:600;color:var(--muted)}
main{background:var(--surface);border:1px solid var(--line);border-radius:8px;padding:32px}
h1{margin:0 0 12px;font-size:24px;line-height:32px;letter-spacing:-.01em}
h2{margin:0 0 4px;font-size:16px;line-height:24px}
p{margin:0 0 16px}
main>:last-child,form>:last-child,section>:last-child{margin-bottom:0}
form+p{margin-top:24px}
label .muted{font-weight:400}
.muted,.hint{color:var(--muted);font-size:14px;line-height:20px}
section{margin-top:32px;padding-top:24px;border-top:1px solid var(--line)}
fieldset{margin:0 0 16px;padding:0;border:0;min-width:0}
legend{padding:0;margin-bottom:8px;font-weight:600}
.choice{display:grid;grid-template-columns:24px 1fr;gap:0 8px;padding:8px 0;align-items:start}
.choice input{width:18px;height:18px;margin:3px 0 0;accent-color:var(--ink)}
.choice .hint{grid-column:2}
.field{margin-bottom:16px}
.field>label{display:block;margin-bottom:4px;font-weight:600}
input[type=text],input[type=email],select{width:100%;min-height:44px;padding:8px 12px;font:inherit;color:inherit;background:var(--surface);border:1px solid var(--field);border-radius:6px}
input[aria-invalid=true]{border-color:var(--bad);border-width:2px}
.wrong{margin:4px 0 0;color:var(--bad);font-size:14px;line-height:20px}
.actions{display:flex;flex-wrap:wrap;gap:12px;margin:0 0 16px}
button,.button{display:inline-block;min-height:44px;padding:9px 20px;font:inherit;font-weight:600;line-height:24px;text-decoration:none;color:var(--surface);background:var(--ink);border:1px solid var(--ink);border-radius:6px;cursor:pointer}
.quiet{color:var(--ink);background:transparent;border-color:var(--field)}
a{color:inherit;text-underline-offset:3px}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px;box-shadow:0 0 0 2px var(--ink)}
.notice{margin:0 0 24px;padding:12px 16px;border:1px solid var(--line);border-left:4px solid var(--good);border-radius:6px;background:var(--paper)}
.notice.bad{border-left-color:var(--bad)}
.notice h2{margin:0}
.notice ul{margin:4px 0 0;padding-left:20px}
.trap{position:absolute;left:-10000px;width:1px;height:1px;overflow:hidden}
@media(max-width:480px){.frame{padding-top:24px}main{padding:24px 20px}.actions>*{width:100%;text-align:center}}
`;

const STYLE_HASH = createHash('sha256').update(PAGE_STYLE).digest('base64');

/** Nothing is loaded and nothing runs; `formTargets`: origins that answers to our forms lead to. */
export function pagePolicy(formTargets: readonly string[] = []): string {
  return [
    "default-src 'none'",
    `style-src 'sha256-${STYLE_HASH}'`,
    `form-action ${["'self'", ...formTargets].join(' ')}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
