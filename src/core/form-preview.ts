import type { FormPreviewBody } from '../contract/forms.ts';
import { listOffered } from '../db/forms.ts';
import { getWorkspace } from '../db/workspaces.ts';
import { brandOf } from './brand.ts';
import type { Caller, Core } from './context.ts';
import type { ShownForm } from './form-submit.ts';

/** A form as it is being written, to be looked at: what is not right yet is shown as far as it goes. */
export async function readFormPreview(
  core: Pick<Core, 'db' | 'baseUrl'>,
  { workspaceId }: Caller,
  { name, listIds, settings = {} }: FormPreviewBody,
): Promise<ShownForm> {
  const workspace = await getWorkspace(core.db.sql, workspaceId);
  return {
    name,
    settings,
    lists: await listOffered(core.db.sql, workspaceId, listIds),
    url: `${core.baseUrl}/f/preview`,
    brand: brandOf(workspace.name, (workspace.settings as { from?: string }).from),
  };
}
