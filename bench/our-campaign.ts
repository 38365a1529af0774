import type { CampaignDraftBody } from '../src/contract/campaigns.ts';
import { findCampaignStatus, jobIdOf } from '../src/core/campaign-status.ts';
import { sendCampaign } from '../src/core/campaigns.ts';
import type { Caller } from '../src/core/context.ts';
import { ensureSmtpAccount } from '../src/core/smtp-url.ts';
import { updateAccount } from '../src/db/accounts.ts';
import { sleep } from '../src/lib/sleep.ts';
import type { Postrider } from '../src/main.ts';
import { LETTER_HTML, LETTER_SUBJECT } from './message.ts';

/** Counting the ledger must cost nothing beside the sending; the end is read from the ledger itself. */
const LOOK_MS = 500;
const WAIT_FOR_START_MS = 20;
const USUAL_FROM = 'News <news@sender.test>';

export interface CampaignRun {
  /** From the launch of the campaign to the last recipient's reply. */
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** Recipients recorded by then, twice a second. */
  readonly samples: ReadonlyArray<{ readonly seconds: number; readonly sent: number }>;
}

/** A campaign through the whole product, its ledger included, to a list of contacts made for it. */
export class OurCampaign {
  readonly #postrider: Postrider;
  readonly #caller: Caller;
  readonly #listIds = new Map<number, string>();

  constructor(postrider: Postrider) {
    this.#postrider = postrider;
    this.#caller = { workspaceId: postrider.workspaceId, role: 'owner', userId: null };
  }

  async send(
    port: number,
    recipients: number,
    connections: number,
    from = USUAL_FROM,
    settings: CampaignDraftBody = {},
  ): Promise<CampaignRun> {
    return this.#watch(await this.launch(port, recipients, connections, 0, from, settings), recipients);
  }

  /** Returns its id as soon as it is accepted. */
  async launch(
    port: number,
    recipients: number,
    connections: number,
    priority = 0,
    from = USUAL_FROM,
    settings: CampaignDraftBody = {},
  ): Promise<string> {
    const { core } = this.#postrider;
    const listId = await this.list(recipients);
    const account = await ensureSmtpAccount(core, this.#caller, `smtp+plain://127.0.0.1:${port}`, undefined);
    await updateAccount(core.db.sql, this.#caller.workspaceId, account.id, {
      maxConnections: connections,
      batchSize: connections,
      maxMessagesPerConnection: 1_000_000,
    });
    const campaign = await sendCampaign(core, this.#caller, {
      subject: LETTER_SUBJECT,
      htmlContent: LETTER_HTML,
      from,
      accountIds: [account.id],
      priority,
      ...settings,
      audience: { listIds: [listId] },
    });
    return campaign.id;
  }

  /** Recipients recorded as sent so far. */
  async sent(campaignId: string): Promise<number> {
    const { db } = this.#postrider.core;
    const status = await findCampaignStatus(db, this.#caller.workspaceId, jobIdOf(campaignId));
    return status?.counts.sent ?? 0;
  }

  async #watch(campaignId: string, recipients: number): Promise<CampaignRun> {
    const { db } = this.#postrider.core;
    const samples: Array<{ seconds: number; sent: number }> = [];
    let startedAt = 0;
    let cpu = process.cpuUsage();
    for (;;) {
      const status = await findCampaignStatus(db, this.#caller.workspaceId, jobIdOf(campaignId));
      const { sent = 0, sending = 0 } = status?.counts ?? {};
      if (startedAt === 0 && sent + sending > 0) {
        startedAt = performance.now();
        cpu = process.cpuUsage();
      }
      const seconds = (performance.now() - startedAt) / 1000;
      if (startedAt > 0) samples.push({ seconds, sent });
      if (sent === recipients) {
        const used = process.cpuUsage(cpu);
        return { seconds: await this.#secondsOf(campaignId), cpuSeconds: (used.user + used.system) / 1e6, samples };
      }
      await sleep(startedAt === 0 ? WAIT_FOR_START_MS : LOOK_MS);
    }
  }

  /** From the launch to the last reply: expansion, first connections and all. */
  async #secondsOf(campaignId: string): Promise<number> {
    const { rows } = await this.#postrider.core.db.pool.query<{ seconds: number }>(
      `select extract(epoch from max(e.sent_at) - c.launched_at)::float8 as seconds
       from campaigns c join campaign_sends s on s.campaign_id = c.id join email_sends e on e.send_id = s.id
       where c.id = $1 group by c.launched_at`,
      [campaignId],
    );
    return rows[0]?.seconds ?? 0;
  }

  /** The list of so many contacts: made once and used by every round. */
  async list(size: number): Promise<string> {
    const known = this.#listIds.get(size);
    if (known) return known;
    const { pool } = this.#postrider.core.db;
    const workspace = [this.#caller.workspaceId];
    const list = await pool.query<{ id: string }>(
      `insert into lists (workspace_id, name) values ($1, 'Bench ' || new_id()) returning id`,
      workspace,
    );
    const listId = list.rows[0]?.id ?? '';
    await pool.query(
      `insert into contacts (workspace_id, email, email_key, first_name, attributes)
       select $1, 'person' || n || '@example.test', 'person' || n || '@example.test', 'Person ' || n,
         jsonb_build_object('plan', 'team', 'city', 'Lisbon', 'orders', n % 24)
       from generate_series(1, $2::int) n on conflict do nothing`,
      [...workspace, size],
    );
    await pool.query(
      `insert into list_subscriptions (list_id, contact_id)
       select $1, id from contacts where workspace_id = $2 order by id limit $3`,
      [listId, ...workspace, size],
    );
    await pool.query('vacuum analyze contacts, list_subscriptions');
    this.#listIds.set(size, listId);
    return listId;
  }
}
