import { useQuery } from '@tanstack/react-query';
import type { Account } from '../../../src/contract/accounts.ts';
import type { Page } from '../../../src/contract/common.ts';
import type { Segment } from '../../../src/contract/segments.ts';
import type { Template, TemplateSummary } from '../../../src/contract/templates.ts';
import { getJson, pathOf } from '../lib/api.ts';
import { useAttributes } from './use-attributes.ts';

const MOST = 1000;

/** What there is to choose from, a thousand at most. */
function useAll<T>(noun: string) {
  return useQuery({
    queryKey: [noun, 'choices'],
    queryFn: async ({ signal }) => (await getJson<Page<T>>(pathOf(`/api/${noun}`, { limit: MOST }), signal)).items,
    staleTime: 30_000,
  });
}

export const useSegmentChoices = () => useAll<Segment>('segments');
export const useAccountChoices = () => useAll<Account>('accounts');
export const useTemplateChoices = () => useAll<TemplateSummary>('templates');

export function getTemplate(id: string): Promise<Template> {
  return getJson(`/api/templates/${encodeURIComponent(id)}`);
}

/** Merge fields: what every contact has, and the attributes that are declared. */
export function useMergeFields(): readonly string[] {
  const declared = (useAttributes() ?? []).map(({ name }) => name);
  return ['firstName', 'lastName', 'name', 'email', 'unsubscribeUrl', 'preferencesUrl', 'webVersionUrl', ...declared];
}
