import { numberFormat } from './formats.ts';
import { localeNow } from './i18n.ts';

/** How numbers read everywhere: thousands by locale, rates with their unit, shares that add up to the whole. */

function format(wanted: string | undefined, decimals: number): Intl.NumberFormat {
  return numberFormat(wanted ?? localeNow(), { maximumFractionDigits: decimals, minimumFractionDigits: decimals });
}

export function countText(count: number, locale?: string): string {
  return format(locale, 0).format(count);
}

/** `8,412 /s`, `2.5 /s`; what is slower than one a second by the hour: `1.2 k/h`. */
export function rateText(perSecond: number, locale?: string): string {
  if (perSecond >= 10) return `${format(locale, 0).format(perSecond)} /s`;
  if (perSecond === 0) return '0 /s';
  if (perSecond >= 1) return `${format(locale, 1).format(perSecond)} /s`;
  const perHour = perSecond * 3600;
  if (perHour >= 1000) return `${format(locale, 1).format(perHour / 1000)} k/h`;
  return `${format(locale, 0).format(perHour)} /h`;
}

/** `12.3 %` of a share from 0 to 1. */
export function percentText(share: number, locale?: string): string {
  return `${format(locale, 1).format(share * 100)} %`;
}

/** `512 B`, `4.1 KB`, `2.3 MB`. */
export function sizeText(bytes: number, locale?: string): string {
  if (bytes < 1000) return `${countText(bytes, locale)} B`;
  if (bytes < 999_950) return `${format(locale, 1).format(bytes / 1000)} KB`;
  return `${format(locale, 1).format(bytes / 1_000_000)} MB`;
}

export interface Share<Key extends string> {
  readonly key: Key;
  readonly count: number;
  /** Of a thousand. All shares of a whole add up to exactly 1000 (largest remainder), or to 0 when there is nothing. */
  readonly permille: number;
  /** `61.2 %`; never `0.0 %` of what is there, never `100 %` of what is not all. */
  readonly text: string;
}

/** Shares of counts in tenths of a percent, in the order of `keys`, whose sum is right however each one rounds. */
export function sharesOf<Key extends string>(
  keys: readonly Key[],
  counts: Readonly<Record<Key, number>>,
  locale?: string,
): Array<Share<Key>> {
  const total = keys.reduce((sum, key) => sum + counts[key], 0);
  const exact = keys.map((key) => (total === 0 ? 0 : (counts[key] / total) * 1000));
  const permille = exact.map(Math.floor);
  const missing = total === 0 ? 0 : 1000 - permille.reduce((sum, part) => sum + part, 0);
  const byRemainder = keys.map((_, i) => i).sort((a, b) => remainder(exact, b) - remainder(exact, a) || a - b);
  for (const i of byRemainder.slice(0, missing)) permille[i] = (permille[i] ?? 0) + 1;
  return keys.map((key, i) => {
    const part = permille[i] ?? 0;
    return { key, count: counts[key], permille: part, text: shareText(part, counts[key], total, locale) };
  });
}

function remainder(exact: readonly number[], i: number): number {
  const value = exact[i] ?? 0;
  return value - Math.floor(value);
}

function shareText(permille: number, count: number, total: number, locale: string | undefined): string {
  if (count > 0 && permille === 0) return `<${format(locale, 1).format(0.1)} %`;
  if (count < total && permille === 1000) return `>${format(locale, 1).format(99.9)} %`;
  if (permille === 1000 || permille === 0) return `${permille / 10} %`;
  return `${format(locale, 1).format(permille / 10)} %`;
}
