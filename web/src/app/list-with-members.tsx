import { ListMembers } from '../features/contacts/components/member-table.tsx';
import { ListPage } from '../features/lists/components/list-page.tsx';

/** A list with the people in it, whom another feature draws. */
export function ListWithMembers() {
  return <ListPage members={(listId, status) => <ListMembers listId={listId} status={status} />} />;
}
