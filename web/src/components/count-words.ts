import { countText } from '../lib/numbers.ts';
import { strings } from './strings.ts';

interface Count {
  readonly count: number;
  readonly exact: boolean;
  readonly atLeast: number;
  readonly atMost: number;
}

/** `12,400`, and of an estimate `about 12,400 (12,100 to 12,700)`: what is not known is not claimed. */
export function countWords({ count, exact, atLeast, atMost }: Count): string {
  if (exact) return countText(count);
  return strings.between({ count: countText(count), least: countText(atLeast), most: countText(atMost) });
}
