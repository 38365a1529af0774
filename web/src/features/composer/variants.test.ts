import { expect, test } from 'vitest';
import type { CampaignDetail } from '../../../../src/contract/campaigns.ts';
import { freshDesign } from '../../components/editor/blocks.ts';
import { openContent } from '../../components/editor/content.ts';
import { combined, contentOfVariant, openVariants, peopleOf, variantsBody, withCopyOf, without } from './variants.ts';

const html = (htmlContent: string, subject = 'One') =>
  openContent({ subject, design: null, mjml: null, htmlContent, textContent: null }, freshDesign());
const FIRST = html('<p>a</p>');

test('a first copy makes two variants, and taking one away none', () => {
  const two = withCopyOf([], 0);
  expect(two.map(({ name }) => name)).toEqual(['A', 'B']);
  expect(withCopyOf(without([...two, { ...two[0]!, name: 'C' }], 1), 1).map(({ name }) => name)).toEqual([
    'A',
    'C',
    'B',
  ]);
  expect(without(two, 1)).toEqual([]);
  expect(variantsBody([])).toBeNull();
});

test('only what differs from the first is kept, and read again as it was', () => {
  const [a, b] = withCopyOf([], 0) as [never, never];
  const body = variantsBody([a, { ...(b as object), subject: 'Two', own: html('<p>b</p>') } as never]);
  expect(body).toEqual([
    { name: 'A', weight: 1 },
    { name: 'B', weight: 1, subject: 'Two', htmlContent: '<p>b</p>' },
  ]);
  const stored = body?.map((variant, position) => ({ position, ...variant }));
  const draft = { subject: 'One', htmlContent: '<p>a</p>', variants: stored } as unknown as CampaignDetail;
  const opened = openVariants(draft, freshDesign());
  expect(variantsBody(opened)).toEqual(body);
  expect(contentOfVariant(FIRST, opened, 1)).toMatchObject({ subject: 'Two', html: '<p>b</p>' });
});

test('two subjects and two messages make four', () => {
  const [a, b] = withCopyOf([], 0) as [never, never];
  const four = combined(FIRST, [a, { ...(b as object), subject: 'Two', own: html('<p>b</p>') } as never]);
  expect(four?.map(({ name, subject, own }) => [name, subject, own?.html ?? null])).toEqual([
    ['A', '', null],
    ['B', 'Two', null],
    ['C', '', '<p>b</p>'],
    ['D', 'Two', '<p>b</p>'],
  ]);
  expect(combined(FIRST, four ?? [])).toBeNull();
});

test('the sample is told in people', () => {
  expect(peopleOf(1000, 20, [{ weight: 1 }, { weight: 3 }])).toEqual({ each: [50, 150], rest: 800 });
  expect(peopleOf(0, 100, [{ weight: 1 }])).toEqual({ each: [0], rest: 0 });
});
