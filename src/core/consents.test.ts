import { expect, it } from 'vitest';
import { networkOf } from './consents.ts';

it.each([
  ['192.0.2.77', '192.0.2.0'],
  ['::ffff:192.0.2.77', '192.0.2.0'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1::'],
  ['2001:db8::1', '2001:db8:0::'],
  ['::1', '0:0:0::'],
  ['fe80::1%eth0', 'fe80:0:0::'],
])('keeps of %s no more than %s', (ip, network) => {
  expect(networkOf(ip)).toBe(network);
});
