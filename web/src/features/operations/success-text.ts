import { numberFormat } from '../../lib/formats.ts';
import { localeNow } from '../../lib/i18n.ts';
import { countText } from '../../lib/numbers.ts';

/** `98.2 %` of what has a final outcome, `–` of nothing; never `100 %` of what is not all. */
export function successText(share: number | null): string {
  if (share === null) return '–';
  if (share === 1) return `${countText(100)} %`;
  const percent = Math.min(99.9, Math.floor(share * 1000) / 10);
  return `${numberFormat(localeNow(), { minimumFractionDigits: 1 }).format(percent)} %`;
}
