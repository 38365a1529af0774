const BROWSERS = [
  ['Edge', /\bEdg(e|A|iOS)?\//],
  ['Opera', /\bOPR\//],
  ['Firefox', /\b(Firefox|FxiOS)\//],
  ['Chrome', /\b(Chrome|CriOS|HeadlessChrome)\//],
  ['Safari', /\bVersion\/[\d.]+.*Safari\//],
] as const;

const SYSTEMS = [
  ['Android', /Android/],
  ['iOS', /iPhone|iPad/],
  ['Windows', /Windows/],
  ['macOS', /Mac OS X/],
  ['Linux', /Linux|X11/],
] as const;

export interface BrowserName {
  readonly browser: string | null;
  readonly system: string | null;
}

/** What a User-Agent says in a word or two, to tell sessions apart. Programs are called by their first word. */
export function browserName(userAgent: string | null): BrowserName {
  const text = userAgent ?? '';
  const browser = BROWSERS.find(([, pattern]) => pattern.test(text))?.[0] ?? text.split(/[/\s]/)[0] ?? '';
  const system = SYSTEMS.find(([, pattern]) => pattern.test(text))?.[0] ?? null;
  return { browser: browser === '' ? null : browser, system };
}
