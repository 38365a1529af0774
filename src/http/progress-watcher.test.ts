import { describe, expect, it } from 'vitest';
import type { Alert } from '../contract/alerts.ts';
import type { Operation } from '../contract/queue.ts';
import type { AlertListener, AlertUpdate } from '../core/alert-feed.ts';
import type { ProgressFeed, ProgressListener, ProgressOpening, ProgressUpdate } from '../core/progress-feed.ts';
import { ProgressWatcher, readVersion } from './progress-watcher.ts';

function update(id: string, version: number): ProgressUpdate {
  return { version, operation: { id } as Operation, json: '{}' };
}

function alert(id: string, state: string): AlertUpdate {
  return { alert: { id, state } as Alert, json: '{}' };
}

/** Alerts as the test says. */
class SpokenAlerts {
  speak: AlertListener = () => {};
  ended = false;

  subscribe(_workspaceId: string, listener: AlertListener): () => void {
    this.speak = listener;
    return () => {
      this.ended = true;
    };
  }
}

/** A feed that says what the test says. */
class SpokenFeed {
  speak: ProgressListener = () => {};
  opening: ProgressOpening = { kind: 'snapshot', updates: [], version: 0, seen: new Map() };
  ended = false;

  subscribe(_workspaceId: string, listener: ProgressListener): () => void {
    this.speak = listener;
    return () => {
      this.ended = true;
    };
  }

  async open(): Promise<ProgressOpening> {
    return this.opening;
  }
}

/** A reader that stops reading when it is full. */
class Reader {
  readonly read: string[] = [];
  full = false;
  #onDrain: () => void = () => {};

  open({ updates }: ProgressOpening): void {
    this.read.push(`open ${updates.map(({ operation, version }) => operation.id + version)}`);
  }

  progress({ operation, version }: ProgressUpdate): boolean {
    this.read.push(operation.id + version);
    return !this.full;
  }

  alert({ alert: { id, state } }: AlertUpdate): boolean {
    this.read.push(`${id} ${state}`);
    return !this.full;
  }

  onDrain(listener: () => void): void {
    this.#onDrain = listener;
  }

  drain(): void {
    this.full = false;
    this.#onDrain();
  }
}

async function watch() {
  const feed = new SpokenFeed();
  const alerts = new SpokenAlerts();
  const reader = new Reader();
  const watcher = new ProgressWatcher(feed as unknown as ProgressFeed, alerts, 'w');
  return { feed, alerts, reader, watcher, begin: async () => watcher.begin(reader, await watcher.prepare(null)) };
}

describe('a watcher of progress', () => {
  it('tells what comes before the opening behind it, unless the opening has it', async () => {
    const { feed, reader, begin } = await watch();
    const seen = new Map([
      ['a', 5],
      ['d', 2],
    ]);
    feed.opening = { kind: 'changes', updates: [update('a', 5)], version: 5, seen };
    for (const each of [update('a', 4), update('a', 5), update('b', 6), update('c', 7), update('c', 8), update('d', 2)])
      feed.speak(each);
    await begin();
    feed.speak(update('a', 9));
    expect(reader.read).toEqual(['open a5', 'b6', 'c8', 'a9']);
  });

  it('skips what a slow reader cannot take, and gives it the latest of each operation', async () => {
    const { feed, reader, begin } = await watch();
    await begin();
    reader.full = true;
    feed.speak(update('a', 1));
    for (const each of [update('a', 2), update('b', 3), update('a', 4), update('b', 5), update('a', 6)])
      feed.speak(each);
    expect(reader.read).toEqual(['open ', 'a1']);
    reader.drain();
    expect(reader.read).toEqual(['open ', 'a1', 'b5', 'a6']);
    reader.full = true;
    feed.speak(update('a', 7));
    feed.speak(update('a', 8));
    reader.drain();
    expect(reader.read.slice(4)).toEqual(['a7', 'a8']);
  });

  it('tells alerts behind the opening, and a slow reader the latest of each', async () => {
    const { feed, alerts, reader, begin } = await watch();
    alerts.speak(alert('disk', 'open'));
    alerts.speak(alert('disk', 'cleared'));
    await begin();
    expect(reader.read).toEqual(['open ', 'disk cleared']);
    reader.full = true;
    alerts.speak(alert('redis', 'open'));
    for (const state of ['open', 'acknowledged']) alerts.speak(alert('worker', state));
    feed.speak(update('a', 1));
    expect(reader.read.slice(2)).toEqual(['redis open']);
    reader.drain();
    expect(reader.read.slice(3)).toEqual(['worker acknowledged', 'a1']);
  });

  it('tells nothing once it is closed', async () => {
    const { feed, alerts, reader, watcher, begin } = await watch();
    await begin();
    watcher.close();
    feed.speak(update('a', 1));
    alerts.speak(alert('disk', 'open'));
    expect([feed.ended, alerts.ended]).toEqual([true, true]);
    expect(reader.read).toEqual(['open ']);
  });
});

describe('a last version', () => {
  it('comes from the header before the query, and is nothing where it is no number', () => {
    expect(readVersion('7', '8')).toBe(7);
    expect(readVersion(undefined, '8')).toBe(8);
    for (const text of ['', 'x', '-1', '1.5', '9'.repeat(20)]) expect(readVersion(text, undefined)).toBeNull();
    expect(readVersion(undefined, undefined)).toBeNull();
  });
});
