import type { Core } from '../core/context.ts';
import { isDatabaseAway, isRetryableConflict } from '../db/database.ts';
import { BATCH_ROWS } from '../db/hot/cut-batches.ts';
import { expandCampaign } from '../engine/expand.ts';
import { failCampaign } from '../engine/fail.ts';
import { AppError } from '../errors.ts';
import { hintAtBatches } from './sweep.ts';

/** A fault that nobody foresaw may be over at the next try; one that comes this often in a row is not. */
const MOST_FAULTS = 5;

/** Writes audiences out, and ends the campaigns whose audience cannot be. */
export class Expansion {
  readonly #core: Core;
  readonly #stop: AbortSignal;
  readonly #faults = new Map<string, number>();

  constructor(core: Core, stop: AbortSignal) {
    this.#core = core;
    this.#stop = stop;
  }

  /** Safe to run twice: it goes on behind the last chunk that was committed. */
  async run(campaignId: string): Promise<void> {
    const { db, events } = this.#core;
    const onBatchesReady = async (id: string, rows: number) => {
      await hintAtBatches(this.#core, Math.ceil(rows / BATCH_ROWS));
      events.publish({ kind: 'campaign', id });
    };
    try {
      await expandCampaign(db, campaignId, { onBatchesReady }, this.#stop);
      this.#faults.delete(campaignId);
    } catch (error) {
      const reason = this.#reasonToFail(campaignId, error);
      if (reason === null) throw error;
      if (!(await failCampaign(db, campaignId, reason))) return;
      this.#core.log.error({ err: error, campaignId }, 'a campaign failed: its audience cannot be written out');
      events.publish({ kind: 'campaign', id: campaignId });
    }
  }

  /** Null: it is to be tried again. */
  #reasonToFail(campaignId: string, error: unknown): string | null {
    if (isDatabaseAway(error) || isRetryableConflict(error)) return null;
    if (error instanceof AppError)
      return `${error.message} What was sent is in the ledger, the rest was not sent to. Cancel it, or resume it when the cause is mended.`;
    const faults = (this.#faults.get(campaignId) ?? 0) + 1;
    this.#faults.set(campaignId, faults);
    if (faults < MOST_FAULTS) return null;
    this.#faults.delete(campaignId);
    return `Its audience could not be written out, in ${MOST_FAULTS} tries; the log has the details. Who was not sent to is untouched: resume it to try again, or cancel it.`;
  }
}
