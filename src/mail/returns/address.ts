/** An address as reports write it. Each branch is bounded, so a line of a megabyte stays cheap. */
const SOURCE = String.raw`(?:"[^"\n]{1,64}"|[^\s<>()[\]{}:;,"'@\\|=]{1,128}(?:=[^\s<>()[\]{}:;,"'@\\|=]{1,64}){0,4})@(?:[A-Za-z0-9\u0080-\uFFFF](?:[A-Za-z0-9.\-_\u0080-\uFFFF]{0,252}[A-Za-z0-9\u0080-\uFFFF])?|\[[0-9A-Fa-f.:IPv]{3,60}\])`;

/** Every address in a text, in its order, each once (compared without case). */
export function addressesIn(text: string): string[] {
  const found = new Map<string, string>();
  for (const [address] of text.matchAll(new RegExp(SOURCE, 'g'))) {
    const key = address.toLowerCase();
    if (!found.has(key)) found.set(key, address);
  }
  return [...found.values()];
}

export function firstAddress(text: string): string | null {
  return new RegExp(SOURCE).exec(text)?.[0] ?? null;
}

/** The address a line begins with, after bullets, quotes and angle brackets; null when it begins with something else. */
export function leadingAddress(line: string): string | null {
  const start = /^(?:[>*\-=]{1,3}>?\s+|["'<“«]|mailto:|rfc822;\s*)*/i.exec(line)?.[0].length ?? 0;
  return new RegExp(`^${SOURCE}`).exec(line.slice(start))?.[0] ?? null;
}

export function sameAddress(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
