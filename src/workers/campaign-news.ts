import type { EventBus } from '../events/bus.ts';

const TELL_MS = 100;

/** Tells that campaigns have moved, and by how much: ten times a second at most, all campaigns together. */
export class CampaignNews {
  readonly #events: Pick<EventBus, 'publish'>;
  #moved = new Map<string, number>();
  #timer: NodeJS.Timeout | null = null;

  constructor(events: Pick<EventBus, 'publish'>) {
    this.#events = events;
  }

  add(campaignId: string, recipients: number): void {
    this.#moved.set(campaignId, (this.#moved.get(campaignId) ?? 0) + recipients);
    this.#timer ??= setTimeout(() => this.tell(), TELL_MS).unref();
  }

  /** Tells now what there is to tell. */
  tell(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const moved = this.#moved;
    this.#moved = new Map();
    for (const [id, recipients] of moved) this.#events.publish({ kind: 'campaign', id, moved: recipients });
  }
}
