import { it } from 'vitest';
import { sendCampaign } from '../src/core/campaigns.ts';
import { trackOperations } from '../src/core/progress-tracking.ts';
import { expandCampaign } from '../src/engine/expand.ts';
import { LETTER } from './helpers/campaign.ts';
import { openTestCore } from './helpers/core.ts';

it('measures', async () => {
  const test = await openTestCore();
  const { pool } = test.database;
  const ws = test.caller.workspaceId;
  await test.addAccount(2525);
  const list = await pool.query(`insert into lists (workspace_id, name) values ($1,'x') returning id`, [ws]);
  const listId = list.rows[0].id;
  await pool.query(
    `insert into contacts (workspace_id,email,email_key,first_name,attributes) select $1,'p'||n||'@e.test','p'||n||'@e.test','P','{}' from generate_series(1,200000) n`,
    [ws],
  );
  await pool.query(`insert into list_subscriptions (list_id, contact_id) select $1, id from contacts`, [listId]);
  await pool.query('analyze');
  const c = await sendCampaign(test.core, test.caller, { ...LETTER, audience: { listIds: [listId] } });
  await expandCampaign(test.core.db, c.id, { onBatchesReady: async () => {} });
  const measure = async (label: string) => {
    await pool.query('vacuum analyze');
    const times: number[] = [];
    const cpu = process.cpuUsage();
    for (let i = 0; i < 200; i++) {
      await pool.query('update campaign_send_batches set sent = sent + 1, pending = pending - 1 where batch_no = 30');
      const t = performance.now();
      await trackOperations(test.core, [{ id: c.id, intervalMs: 0, dirtyAt: null }]);
      times.push(performance.now() - t);
    }
    const used = process.cpuUsage(cpu);
    times.sort((a, b) => a - b);
    console.log(
      label,
      'median',
      times[100]!.toFixed(2),
      'p95',
      times[190]!.toFixed(2),
      'ms; node cpu per',
      ((used.user + used.system) / 200 / 1000).toFixed(2),
      'ms',
    );
  };
  const n = await pool.query('select count(*) from campaign_send_batches');
  await measure(`${n.rows[0].count} batches, none leased`);
  await pool.query(
    `update campaign_send_batches set state='leased', lease_until = now() + interval '1 hour', fence=1, worker_id=new_id() where batch_no between 100 and 119`,
  );
  await measure('20 leased x 500');
  await pool.query(`delete from campaign_send_batches`);
  await pool.query(
    `insert into campaign_send_batches (send_id,batch_no,first_seq,last_seq,pending) select (select id from campaign_sends limit 1), n, (n-1)*100+1, n*100, 100 from generate_series(1,2000) n`,
  );
  await measure('2000 batches, none leased');
  await pool.query(
    `update campaign_send_batches set state='leased', lease_until = now() + interval '1 hour', fence=1, worker_id=new_id() where batch_no between 100 and 199`,
  );
  await measure('2000 batches, 100 leased x 100 rows');
  for (const q of ['claim', 'count', 'store']) void q;
  const explain =
    await pool.query(`explain (analyze, costs off) with batches as (select * from campaign_send_batches where send_id = any(array(select id from campaign_sends)))
  select send_id, sum(pending)::int from batches where state <> 'leased' group by send_id`);
  console.log(explain.rows.map((r) => r['QUERY PLAN']).join('\n'));
  await test.close();
}, 300_000);
