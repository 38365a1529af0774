import { useQuery } from '@tanstack/react-query';
import type { Page } from '../../../../../src/contract/common.ts';
import type { Contact } from '../../../../../src/contract/contacts.ts';
import { getJson, pathOf } from '../../../lib/api.ts';

const SHOWN_PEOPLE = 20;

/** Some people to show a message for: of its first list where it has one. */
export function usePeople(listId: string | undefined): readonly string[] {
  return (
    useQuery({
      queryKey: ['contacts', 'people', listId ?? null],
      queryFn: async ({ signal }) => {
        const query = { limit: SHOWN_PEOPLE, listId, ...(listId ? { status: 'subscribed' } : {}) };
        return (await getJson<Page<Contact>>(pathOf('/api/contacts', query), signal)).items.map(({ id }) => id);
      },
      staleTime: 60_000,
    }).data ?? []
  );
}
