import { useQuery } from '@tanstack/react-query';
import type { Account } from '../../../../../src/contract/accounts.ts';
import type { Page } from '../../../../../src/contract/common.ts';
import type { Contact } from '../../../../../src/contract/contacts.ts';
import type { Segment } from '../../../../../src/contract/segments.ts';
import type { Template, TemplateSummary } from '../../../../../src/contract/templates.ts';
import { useAttributes } from '../../../components/use-attributes.ts';
import { getJson, pathOf } from '../../../lib/api.ts';

const MOST = 1000;
const SHOWN_PEOPLE = 20;

function useAll<T>(noun: string) {
  return useQuery({
    queryKey: [noun, 'choices'],
    queryFn: async ({ signal }) => (await getJson<Page<T>>(pathOf(`/api/${noun}`, { limit: MOST }), signal)).items,
    staleTime: 30_000,
  });
}

export const useSegments = () => useAll<Segment>('segments');
export const useAccountChoices = () => useAll<Account>('accounts');
export const useTemplates = () => useAll<TemplateSummary>('templates');

export function getTemplate(id: string): Promise<Template> {
  return getJson(`/api/templates/${encodeURIComponent(id)}`);
}

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

/** Merge fields: what every contact has, and the attributes that are declared. */
export function useFields(): readonly string[] {
  const declared = (useAttributes() ?? []).map(({ name }) => name);
  return ['firstName', 'lastName', 'name', 'email', 'unsubscribeUrl', 'preferencesUrl', 'webVersionUrl', ...declared];
}
