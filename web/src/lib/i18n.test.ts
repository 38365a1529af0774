import { describe, expect, it } from 'vitest';
import { addTranslation, setLanguage, stringsOf } from './i18n.ts';

const strings = stringsOf('test', {
  title: 'Letters',
  found_one: '{{count}} letter from {{name}}',
  found_other: '{{count}} letters from {{name}}',
  deep: { hello: 'Hello {{name}}', bye: 'Bye' },
});

const loadGerman = async () =>
  addTranslation('de', 'test', {
    title: 'Briefe',
    found_one: '{{count}} Brief von {{name}}',
    found_other: '{{count}} Briefe von {{name}}',
  });

describe('words that people read', () => {
  it('are looked up with their values, and in the number that fits', () => {
    expect(strings.title).toBe('Letters');
    expect(strings.deep.bye).toBe('Bye');
    expect(strings.deep.hello({ name: '<Ada>' })).toBe('Hello <Ada>');
    expect(strings.found({ count: 1, name: 'Ada' })).toBe('1 letter from Ada');
    expect(strings.found({ count: 1204, name: 'Ada' })).toBe('1,204 letters from Ada');
  });

  it('change with the language, and are English where a translation lacks them', async () => {
    await setLanguage('de', loadGerman);
    expect(strings.title).toBe('Briefe');
    expect(strings.found({ count: 1204, name: 'Ada' })).toBe('1.204 Briefe von Ada');
    expect(strings.deep.bye).toBe('Bye');
    await setLanguage('en', async () => {});
    expect(strings.title).toBe('Letters');
  });
});
