/** `5, 15, 45` of seconds; empty for none. */
export function minutesText(seconds: readonly number[] | undefined): string {
  return seconds?.map((each) => String(each / 60)).join(', ') ?? '';
}

/** The seconds of a typed `5, 15, 45`; null when empty, undefined when it is none. */
export function readMinutes(text: string): number[] | null | undefined {
  if (text.trim() === '') return null;
  const minutes = text.split(',').map((part) => Number(part.trim().replace(',', '.') || Number.NaN));
  return minutes.every((each) => Number.isFinite(each) && each > 0)
    ? minutes.map((each) => Math.round(each * 60))
    : undefined;
}
