import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { AttributeType } from '../../../../../src/contract/contact-attributes.ts';
import type { StartImportBody } from '../../../../../src/contract/imports.ts';
import { sendJson } from '../../../lib/api.ts';
import { importPath } from './get-import.ts';

interface Start {
  readonly body: StartImportBody;
  /** Declared first, so that values are kept as what they are. */
  readonly attributes: ReadonlyArray<{ readonly name: string; readonly type: AttributeType }>;
}

/** Imports a file that was looked at, or looks at it again; answers what goes on from it. */
export function useStartImport(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ body, attributes }: Start) => {
      for (const { name, type } of attributes)
        await sendJson('PUT', `/api/contacts/attributes/${encodeURIComponent(name)}`, { type });
      return sendJson<{ importId: string }>('POST', `${importPath(id)}/start`, body);
    },
    onSuccess: () => {
      for (const noun of ['imports', 'attributes', 'lists']) void client.invalidateQueries({ queryKey: [noun] });
    },
  });
}
