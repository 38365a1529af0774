import { Button } from '../../../components/button.tsx';
import { FilterPill } from '../../../components/filter-pill.tsx';
import { useLists } from '../../../components/use-lists.ts';
import { type ContactFilter, EVERYBODY, partsOfAttribute } from '../contact-filter.ts';
import { strings } from '../strings.ts';

interface FilterPillsProps {
  readonly filter: ContactFilter;
  readonly onFilter: (filter: ContactFilter) => void;
}

/** The conditions in force, but for the search, which shows itself. */
export function FilterPills({ filter, onFilter }: FilterPillsProps) {
  const { listId, status, tag, attribute, search } = filter;
  const lists = useLists();
  const words = strings.pills;
  const count = [listId, tag, attribute].filter((part) => part !== null).length;
  return (
    <>
      {listId === null ? null : (
        <FilterPill
          label={listWords(lists?.find(({ id }) => id === listId)?.name ?? words.goneList, status)}
          onRemove={() => onFilter({ ...filter, listId: null, status: null })}
        />
      )}
      {tag === null ? null : (
        <FilterPill label={words.tag({ tag })} onRemove={() => onFilter({ ...filter, tag: null })} />
      )}
      {attribute === null ? null : (
        <FilterPill
          label={words.attribute(partsOfAttribute(attribute))}
          onRemove={() => onFilter({ ...filter, attribute: null })}
        />
      )}
      {count > 1 ? (
        <Button kind="quiet" onClick={() => onFilter({ ...EVERYBODY, search })}>
          {words.clear}
        </Button>
      ) : null}
    </>
  );
}

function listWords(name: string, status: ContactFilter['status']): string {
  if (status === null) return strings.pills.list({ name });
  return strings.pills.listStatus({ name, status: strings.listStatus[status] });
}
