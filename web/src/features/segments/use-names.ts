import { useAttributes } from '../../components/use-attributes.ts';
import { useLists } from '../../components/use-lists.ts';
import { useCampaignNames } from './api/list-campaign-names.ts';
import type { Declared } from './draft.ts';
import type { Names } from './filter-words.ts';

/** Of lists and campaigns, as far as they are known. */
export function useNames(): Names {
  const lists = useLists() ?? [];
  const campaigns = useCampaignNames() ?? [];
  return new Map([...lists, ...campaigns].map(({ id, name }) => [id, name]));
}

/** Undefined while it is not known which attributes are declared. */
export function useDeclared(): Declared | undefined {
  const attributes = useAttributes();
  return attributes && new Map(attributes.map(({ name, type }) => [name, type]));
}
