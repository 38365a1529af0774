import { sendCampaign } from '../../src/core/campaigns.ts';
import { expandCampaign } from '../../src/engine/expand.ts';
import { LETTER, people } from './campaign.ts';
import type { TestCore } from './core.ts';

/** A campaign whose recipients are written out and that nobody works on. */
export async function freshCampaign(test: TestCore, recipients = 10): Promise<{ id: string }> {
  const { rows } = await test.database.pool.query('select 1 from sending_accounts limit 1');
  if (rows.length === 0) await test.addAccount(2525);
  const { id } = await sendCampaign(test.core, test.caller, { ...LETTER, audience: people(recipients) });
  await expandCampaign(test.core.db, id, { onBatchesReady: async () => {} });
  return { id };
}
