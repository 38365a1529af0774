import { describe, expect, it } from 'vitest';
import { changeOf, EMPTY_BULK } from './bulk.ts';

describe('what is asked for many contacts', () => {
  it('has what its action needs, or is not asked for', () => {
    expect(changeOf('add-tags', EMPTY_BULK, undefined)).toBeNull();
    expect(changeOf('add-tags', { ...EMPTY_BULK, tags: ['a'] }, undefined)).toEqual({
      action: 'add-tags',
      tags: ['a'],
    });
    expect(changeOf('add-to-list', EMPTY_BULK, undefined)).toBeNull();
    expect(changeOf('delete', EMPTY_BULK, undefined)).toEqual({ action: 'delete' });
  });

  it('sets an attribute by its type, and takes it out where nothing is written', () => {
    const draft = { ...EMPTY_BULK, attribute: 'age', value: '40' };
    expect(changeOf('set-attribute', draft, 'number')).toEqual({
      action: 'set-attribute',
      attribute: { name: 'age', value: 40 },
    });
    expect(changeOf('set-attribute', { ...draft, value: 'old' }, 'number')).toBeNull();
    expect(changeOf('set-attribute', { ...draft, value: '' }, 'number')).toMatchObject({ attribute: { value: null } });
    expect(changeOf('set-attribute', draft, undefined)).toBeNull();
  });
});
