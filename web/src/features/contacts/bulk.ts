import type { AttributeType } from '../../../../src/contract/contact-attributes.ts';
import type { ContactAction, ContactBulkBody } from '../../../../src/contract/contact-bulk.ts';
import { readValue } from './attribute-value.ts';

/** What somebody filled in for an action. */
export interface BulkDraft {
  readonly tags: readonly string[];
  readonly listId: string;
  readonly attribute: string;
  readonly value: string;
}

export const EMPTY_BULK: BulkDraft = { tags: [], listId: '', attribute: '', value: '' };

type BulkChange = Pick<ContactBulkBody, 'action' | 'tags' | 'listId' | 'attribute'>;

/** The body of the request but for whom it is about; null: something is missing, or is no value of the attribute's type. */
export function changeOf(action: ContactAction, draft: BulkDraft, type: AttributeType | undefined): BulkChange | null {
  switch (action) {
    case 'add-tags':
    case 'remove-tags':
      return draft.tags.length === 0 ? null : { action, tags: [...draft.tags] };
    case 'add-to-list':
    case 'remove-from-list':
      return draft.listId === '' ? null : { action, listId: draft.listId };
    case 'set-attribute': {
      if (type === undefined) return null;
      const value = readValue(type, draft.value);
      return value === undefined ? null : { action, attribute: { name: draft.attribute, value } };
    }
    case 'delete':
    case 'suppress':
    case 'unsubscribe':
      return { action };
  }
}
