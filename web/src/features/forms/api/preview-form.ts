import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { sendJson } from '../../../lib/api.ts';
import { type FormDraft, isWhole, settingsOf } from '../form-draft.ts';

/** How the page of a form would look as it is written. */
export function useFormPreview(draft: FormDraft) {
  const { name, listIds } = draft;
  const fields = draft.fields.filter(isWhole);
  const body = { name: name.trim() === '' ? '…' : name, listIds, settings: settingsOf({ ...draft, fields }) };
  return useQuery({
    queryKey: ['forms', 'preview', body],
    queryFn: () => sendJson<{ html: string }>('POST', '/api/forms/preview', body),
    enabled: listIds.length > 0,
    placeholderData: keepPreviousData,
    retry: false,
  }).data?.html;
}
