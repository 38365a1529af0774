export type JsonObject = Readonly<Record<string, unknown>>;

/** Looks into JSON of others: whatever is not as expected is not there. */
export function objectOf(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

const LONGEST = 2000;

/** Null for what is no text or empty. Ends at 2,000 characters. */
export function textAt(value: JsonObject, ...names: readonly string[]): string | null {
  for (const name of names) {
    const found = value[name];
    if (typeof found === 'string' && found !== '') return found.slice(0, LONGEST);
    if (typeof found === 'number') return String(found);
  }
  return null;
}

/** Null when it is no JSON. */
export function parseJson(body: Buffer | string): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return null;
  }
}

/** Seconds since 1970, or ISO 8601; `otherwise` for anything else. */
export function timeOf(value: unknown, otherwise: Date): Date {
  const time = typeof value === 'number' ? value * 1000 : typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Math.abs(time) <= 8.64e15 ? new Date(time) : otherwise;
}

/** Only what is there. */
export function known(fields: Readonly<Record<string, unknown>>): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined));
}
