import type { CampaignRow } from '../db/campaigns.ts';
import type { Database } from '../db/database.ts';
import { reckon } from './forecast-input.ts';

const FRESH_MS = 5000;
const MOST_CAMPAIGNS = 200;

interface Entry {
  readonly at: number;
  /** Milliseconds since 1970; null when only the rate decides, or nobody knows. */
  readonly finishesAt: Promise<number | null>;
}

/**
 * When campaigns will be done that something else than their rate holds up: a limit of an hour or a day, quiet hours,
 * time zones. Reckoned anew every five seconds at most, however many people watch.
 */
class Etas {
  readonly #db: Database;
  readonly #entries = new Map<string, Entry>();

  constructor(db: Database) {
    this.#db = db;
  }

  finishesAt(campaign: CampaignRow): Promise<number | null> {
    const known = this.#entries.get(campaign.id);
    if (known && Date.now() - known.at < FRESH_MS) return known.finishesAt;
    if (this.#entries.size >= MOST_CAMPAIGNS) this.#entries.clear();
    // An estimate is never worth an error.
    const finishesAt = reckon(this.#db, campaign).then(
      ({ isHeldUp, result }) => (isHeldUp ? result.finishesAt : null),
      () => null,
    );
    this.#entries.set(campaign.id, { at: Date.now(), finishesAt });
    return finishesAt;
  }
}

/** One for each database: whoever asks shares it. */
const etas = new WeakMap<Database, Etas>();

/** Seconds until a campaign that is being sent is done; null when nothing but its rate decides. */
export async function heldUpEtaSeconds(db: Database, campaign: CampaignRow): Promise<number | null> {
  let known = etas.get(db);
  if (!known) {
    known = new Etas(db);
    etas.set(db, known);
  }
  const finishesAt = await known.finishesAt(campaign);
  return finishesAt === null ? null : Math.max(0, Math.ceil((finishesAt - Date.now()) / 1000));
}
