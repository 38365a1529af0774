import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestCore, type TestCore } from '../../test/helpers/core.ts';
import type { LiveEvent } from '../events/bus.ts';
import { evaluateAlerts } from './alert-evaluation.ts';
import { AlertFeed } from './alert-feed.ts';

describe('the alert feed', () => {
  let test: TestCore;
  let feed: AlertFeed;
  let speak: (event: LiveEvent) => void = () => {};
  const told: string[] = [];
  const about = (subject: string) => told.filter((line) => line.startsWith(subject));

  beforeEach(async () => {
    test = await openTestCore();
    told.length = 0;
    // A bus on which only the test speaks: whatever others publish is lost.
    const events = {
      ...test.core.events,
      subscribe: (listener: (event: LiveEvent) => void) => {
        speak = listener;
        return () => {};
      },
    };
    feed = new AlertFeed({ ...test.core, events });
  });
  afterEach(async () => {
    await feed.close();
    await test.close();
  });

  const watch = (workspaceId = test.caller.workspaceId) =>
    feed.subscribe(workspaceId, ({ alert, json }) => {
      expect(JSON.parse(json)).toEqual(alert);
      told.push(`${alert.subject} ${alert.state}`);
    });
  const raise = async (): Promise<{ subject: string; id: string }> => {
    const account = await test.addAccount(1, { state: 'disabled', stateReason: '535 no' });
    await evaluateAlerts(test.core);
    const { rows } = await test.database.pool.query('select id from alerts where subject = $1', [account.id]);
    return { subject: account.id, id: rows[0].id };
  };

  it('makes up for events that were lost', async () => {
    watch();
    const { subject } = await raise();
    await expect.poll(() => about(subject), { timeout: 20_000 }).toEqual([`${subject} open`]);
  });

  it('tells what comes twice only once, and nothing of a webhook that was tried', async () => {
    watch();
    const { subject, id } = await raise();
    const other = await raise();
    speak({ kind: 'alert', id: other.id });
    for (let i = 0; i < 3; i++) speak({ kind: 'alert', id, state: 'open' });
    speak({ kind: 'alert', id: '018f0000-0000-7000-8000-000000000001', state: 'open' }); // deleted meanwhile
    await expect.poll(() => about(subject), { timeout: 20_000 }).toEqual([`${subject} open`]);
    await feed.close(); // what was spoken is read
    expect(about(subject)).toEqual([`${subject} open`]);
  });

  it('tells nobody who has ended his watch, and ends when it is closed', async () => {
    const end = watch();
    const { subject, id } = await raise();
    end();
    speak({ kind: 'alert', id, state: 'open' });
    watch('018f0000-0000-7000-8000-000000000002');
    speak({ kind: 'alert', id, state: 'open' });
    await feed.close();
    speak({ kind: 'alert', id, state: 'open' });
    expect(about(subject)).toEqual([]);
  });
});
