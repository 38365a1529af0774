import type { CampaignState } from '../../../../src/contract/states.ts';

/** The list's filters, in order. Each campaign is in exactly one of those behind All, so their counts add up to it. */
export const TABS = [
  { id: 'all', label: 'All', states: [] },
  { id: 'sending', label: 'Sending', states: ['waiting', 'active'] },
  { id: 'scheduled', label: 'Scheduled', states: ['delayed'] },
  { id: 'drafts', label: 'Drafts', states: ['draft'] },
  { id: 'done', label: 'Done', states: ['completed', 'cancelled'] },
  { id: 'attention', label: 'Needs attention', states: ['paused', 'failed'] },
] as const satisfies ReadonlyArray<{ id: string; label: string; states: readonly CampaignState[] }>;

export type TabId = (typeof TABS)[number]['id'];

export function tabOf(text: string | null): TabId {
  return TABS.find((tab) => tab.id === text)?.id ?? 'all';
}

/** The `state` parameter of the API: names with commas between; undefined for every state. */
export function statesOf(id: TabId): string | undefined {
  const states = TABS.find((tab) => tab.id === id)?.states ?? [];
  return states.length === 0 ? undefined : states.join(',');
}
