const NOT_STORABLE = /\\u(?:0000|d[89a-f][0-9a-f]{2})/i;

/**
 * A value as text for a jsonb column. PostgreSQL refuses NUL and halves of surrogate pairs, which JSON may hold: they are
 * left out. (JSON.stringify escapes a surrogate only when its other half is missing.)
 */
export function jsonbText(value: unknown): string {
  const json = JSON.stringify(value);
  if (!NOT_STORABLE.test(json)) return json;
  // A backslash that is itself escaped begins no escape.
  return json.replace(/\\\\|\\u(?:0000|d[89a-f][0-9a-f]{2})/gi, (found) => (found === '\\\\' ? found : ''));
}

/** The same for a text column, which cannot hold NUL. */
export function withoutNul(text: string): string {
  return text.replaceAll('\0', '');
}
