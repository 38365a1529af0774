import { describe, expect, it } from 'vitest';
import { changeOf, draftOf, isWhole, moved, settingsOf } from './form-draft.ts';

const FORM = {
  name: 'News',
  listIds: ['l1'],
  settings: { title: 'Join', chooseLists: true, fields: [{ name: 'firstName', label: 'First name', required: true }] },
};

describe('a form as it is being written', () => {
  it('says no more than was written', () => {
    expect(settingsOf(draftOf(FORM))).toEqual(FORM.settings);
    expect(settingsOf(draftOf({ ...FORM, settings: {} }))).toEqual({ chooseLists: false, fields: [] });
  });

  it('takes back what is empty now', () => {
    const draft = draftOf(FORM);
    const change = changeOf({ ...draft, texts: { ...draft.texts, title: ' ', button: 'Go' } });
    expect(change).toMatchObject({ title: null, button: 'Go', intro: null, chooseLists: true });
  });

  it('has fields that can be moved, and that are whole or not', () => {
    expect(moved(['a', 'b', 'c'], 2, 0)).toEqual(['c', 'a', 'b']);
    expect([
      isWhole({ name: 'city', label: 'City' }),
      isWhole({ name: '1st', label: 'x' }),
      isWhole({ name: 'a', label: ' ' }),
    ]).toEqual([true, false, false]);
  });
});
