import type { CampaignState } from '../../../../src/contract/states.ts';

/** The list's filters, in order. Each campaign is in exactly one of those behind All, so their counts add up to it. */
export const TABS = [
  { id: 'all', states: [] },
  { id: 'sending', states: ['waiting', 'active'] },
  { id: 'scheduled', states: ['delayed'] },
  { id: 'drafts', states: ['draft'] },
  { id: 'done', states: ['completed', 'cancelled'] },
  { id: 'attention', states: ['paused', 'failed'] },
] as const satisfies ReadonlyArray<{ id: string; states: readonly CampaignState[] }>;

export type TabId = (typeof TABS)[number]['id'];

export function tabOf(text: string | null): TabId {
  return TABS.find((tab) => tab.id === text)?.id ?? 'all';
}

/** The `state` parameter of the API: names with commas between; undefined for every state. */
export function statesOf(id: TabId): string | undefined {
  const states = TABS.find((tab) => tab.id === id)?.states ?? [];
  return states.length === 0 ? undefined : states.join(',');
}
