import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Form } from '../../../../../src/contract/forms.ts';
import { sendJson } from '../../../lib/api.ts';
import { changeOf, type FormDraft, settingsOf } from '../form-draft.ts';
import { formPath } from './get-form.ts';

/** Makes a form (null), or changes one. */
export function useSaveForm(id: string | null) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (draft: FormDraft) => {
      const { name, listIds } = draft;
      return id === null
        ? sendJson<Form>('POST', '/api/forms', { name, listIds, settings: settingsOf(draft) })
        : sendJson<Form>('PATCH', formPath(id), { name, listIds, settings: changeOf(draft) });
    },
    onSuccess: (form) => {
      client.setQueryData(['forms', 'detail', form.id], form);
      return client.invalidateQueries({ queryKey: ['forms', 'list'] });
    },
  });
}
