import { describe, expect, it } from 'vitest';
import { EVERYBODY, filterOf, isEverybody, paramsWith, partsOfAttribute, queryOf } from './contact-filter.ts';

const address = (text: string) => filterOf(new URLSearchParams(text));

describe('the filter of contacts', () => {
  it('stands in the address, and is read from it again', () => {
    const filter = { search: 'ada', listId: 'l1', status: 'unsubscribed', tag: 'a b', attribute: 'city:Rome' } as const;
    const params = paramsWith(new URLSearchParams('columns=city'), filter);
    expect(params.get('columns')).toBe('city');
    expect(filterOf(params)).toEqual(filter);
    expect(paramsWith(params, EVERYBODY).toString()).toBe('columns=city');
  });

  it('leaves out what nobody could mean', () => {
    expect(address('status=subscribed')).toEqual(EVERYBODY);
    expect(address('list=l1&status=fine')).toEqual({ ...EVERYBODY, listId: 'l1' });
    expect(address('attribute=city')).toEqual(EVERYBODY);
    expect(isEverybody(address('q=%20'))).toBe(true);
  });

  it('asks the API for no more than is filtered by', () => {
    expect(queryOf(EVERYBODY)).toEqual({});
    expect(queryOf(address('q= ada &list=l1&status=subscribed'))).toEqual({
      search: 'ada',
      listId: 'l1',
      status: 'subscribed',
    });
    expect(partsOfAttribute('time:12:30')).toEqual({ name: 'time', value: '12:30' });
  });
});
