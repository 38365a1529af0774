import { expect, it } from 'vitest';
import { successText } from './success-text.ts';

it('a success rate is whole only when nothing failed', () => {
  expect([successText(null), successText(1), successText(0.99999), successText(0.9), successText(0)]).toEqual([
    '–',
    '100 %',
    '99.9 %',
    '90.0 %',
    '0.0 %',
  ]);
});
