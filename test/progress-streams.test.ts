import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { evaluateAlerts } from '../src/core/alert-evaluation.ts';
import { acknowledgeAlert } from '../src/core/alerts.ts';
import { storeApiKey } from '../src/core/api-keys.ts';
import { pauseCampaign, resumeCampaign } from '../src/core/campaign-control.ts';
import { createUser } from '../src/core/users.ts';
import { insertWorkspace } from '../src/db/workspaces.ts';
import { openTestCore, type TestCore } from './helpers/core.ts';
import { logIn } from './helpers/log-in.ts';
import { freshCampaign } from './helpers/progress-campaign.ts';
import { ProgressNode, type Subscriber } from './helpers/progress-node.ts';

/** An event that is lost before the node listens is made up for within five seconds. */
const PATIENCE = { timeout: 20_000 };

let test: TestCore;
let node: ProgressNode;
beforeEach(async () => {
  test = await openTestCore();
  node = await ProgressNode.start(test);
});
afterEach(async () => {
  await node.stop();
  await test.close();
});

const told = ({ told: all }: Subscriber, id: string) =>
  all.flatMap(({ kind, version, operations }) =>
    operations.filter((operation) => operation.id === id).map(({ state }) => ({ kind, version, state })),
  );
const lastState = (subscriber: Subscriber, id: string) => told(subscriber, id).at(-1)?.state;
const pause = (id: string) => pauseCampaign(node.core, test.caller, id);
const resume = (id: string) => resumeCampaign(node.core, test.caller, id);

for (const way of ['server-sent events', 'a WebSocket'] as const) {
  const open = (headers: Record<string, string> = {}, query = ''): Promise<Subscriber> =>
    way === 'a WebSocket'
      ? node.connect({ authorization: node.authorization, ...headers }, query)
      : node.listen(headers, query);

  describe(`progress over ${way}`, () => {
    it('begins with everything, then tells each change with a higher version', async () => {
      const { id } = await freshCampaign(test);
      const subscriber = await open();
      await expect.poll(() => told(subscriber, id).length).toBeGreaterThan(0);
      expect(told(subscriber, id)[0]).toMatchObject({ kind: 'snapshot', state: 'active' });
      await pause(id);
      await expect.poll(() => lastState(subscriber, id)).toBe('paused');
      const versions = subscriber.told.map(({ version }) => version);
      expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
      subscriber.close();
    });

    for (const name of ['Last-Event-ID', 'lastEventId'])
      it(`goes on with what has changed since ${name}, in its latest state`, async () => {
        const [changed, same] = [await freshCampaign(test), await freshCampaign(test)];
        await pause(same.id);
        const first = await open();
        await expect.poll(() => lastState(first, same.id)).toBe('paused');
        await expect.poll(() => lastState(first, changed.id)).toBe('active');
        first.close();
        await first.ended;
        const last = String(Math.max(...first.told.map(({ version }) => version)));
        await pause(changed.id);
        await resume(changed.id);
        await pause(changed.id);
        const second =
          name === 'lastEventId' ? await open({}, `?lastEventId=${last}`) : await open({ 'last-event-id': last });
        await expect.poll(() => lastState(second, changed.id)).toBe('paused');
        expect(second.told.filter(({ kind }) => kind === 'snapshot')).toEqual([]);
        expect(told(second, same.id)).toEqual([]);
        second.close();
      });

    it('answers a last id that it does not know with everything', async () => {
      const { id } = await freshCampaign(test);
      for (const unknown of ['999999999999', 'abc', '-1', '']) {
        const subscriber = await open({}, `?lastEventId=${unknown}`);
        await expect.poll(() => told(subscriber, id)[0]?.kind).toBe('snapshot');
        subscriber.close();
      }
    });

    it('tells the alerts of its workspace as they are raised, acknowledged and cleared', async () => {
      const stranger = await insertWorkspace(test.core.db.sql, 'Other');
      const key = `key-of-a-stranger-${stranger.id}`;
      await storeApiKey(test.core, { workspaceId: stranger.id, name: 'other', role: 'viewer', key });
      const [subscriber, other] = [await open(), await open({ authorization: `Bearer ${key}` })];
      await expect.poll(() => [subscriber.told.length, other.told.length]).toEqual([1, 1]);
      const account = await test.addAccount(1, { state: 'disabled', stateReason: '535 no' });
      await evaluateAlerts(test.core);
      const aboutIt = () => subscriber.alerts.filter(({ subject }) => subject === account.id);
      const states = () => aboutIt().map(({ state }) => state);
      await expect.poll(states, PATIENCE).toEqual(['open']);
      const [raised] = aboutIt();
      await acknowledgeAlert(test.core, test.caller, raised?.id ?? '');
      await expect.poll(states, PATIENCE).toEqual(['open', 'acknowledged']);
      await evaluateAlerts(test.core); // it holds on: nothing is told
      await test.database.pool.query(`update sending_accounts set state = 'active' where id = $1`, [account.id]);
      await evaluateAlerts(test.core);
      await expect.poll(states, PATIENCE).toEqual(['open', 'acknowledged', 'cleared']);
      expect(raised).toMatchObject({ kind: 'account-disabled', clearedAt: null, acknowledgedAt: null });
      expect(other.alerts.filter(({ kind }) => kind === 'account-disabled')).toEqual([]);
      for (const each of [subscriber, other]) each.close();
    });

    it('goes on where it was with operations after an alert', async () => {
      const { id } = await freshCampaign(test);
      const first = await open();
      await expect.poll(() => lastState(first, id)).toBe('active');
      await test.addAccount(1, { state: 'disabled', stateReason: '535 no' });
      await evaluateAlerts(test.core);
      await expect.poll(() => first.alerts.map(({ kind }) => kind), PATIENCE).toContain('account-disabled');
      const last = String(Math.max(...first.told.map(({ version }) => version)));
      first.close();
      await first.ended;
      await pause(id);
      const second = await open({ 'last-event-id': last });
      await expect.poll(() => lastState(second, id)).toBe('paused');
      expect(second.told.filter(({ kind }) => kind === 'snapshot')).toEqual([]);
      second.close();
    });

    it('is ended when the server stops', async () => {
      const subscriber = await open();
      await expect.poll(() => subscriber.told.length).toBe(1);
      await node.app.close();
      expect(await subscriber.ended).toBe(way === 'a WebSocket' ? 1001 : null);
    });
  });
}

describe('the WebSocket of progress', () => {
  it('is refused before it is opened to who is not known', async () => {
    await expect(node.connect({})).rejects.toThrow('401');
    await expect(node.connect({ authorization: 'Bearer wrong-key-wrong-key-wrong-key' })).rejects.toThrow('401');
  });

  it('is opened by the cookie only for own pages', async () => {
    const user = { email: 'ann@own.test', password: 'correct horse battery', role: 'viewer' } as const;
    await createUser(node.core, test.caller, user);
    const { token } = await logIn(node.core, user.email, user.password);
    const cookie = `postrider_session=${token}`;
    for (const headers of [{}, { origin: 'https://evil.test' }, { 'sec-fetch-site': 'cross-site' }])
      await expect(node.connect({ cookie, ...(headers as Record<string, string>) })).rejects.toThrow('403');
    for (const headers of [{ origin: 'http://localhost:3000' }, { 'sec-fetch-site': 'same-origin' }]) {
      const subscriber = await node.connect({ cookie, ...(headers as Record<string, string>) });
      await expect.poll(() => subscriber.told[0]?.kind).toBe('snapshot');
      subscriber.close();
    }
  });

  it('answers ping, and ignores whatever else comes in', async () => {
    const subscriber = await node.connect();
    for (const text of ['', 'null', '{"type":"subscribe"}', '[1', '{"type":"ping"}']) subscriber.send(text);
    await expect.poll(() => subscriber.texts.at(-1)).toBe('{"type":"pong"}');
    expect(subscriber.texts).toHaveLength(2);
    subscriber.close();
  });

  it('is closed with 1009 by a message of more than 4 KB', async () => {
    const subscriber = await node.connect();
    subscriber.send('x'.repeat(5000));
    expect(await subscriber.ended).toBe(1009);
  });

  it('tells a request without an upgrade what to do instead', async () => {
    const response = await node.app.inject({
      url: '/api/queue/progress/ws',
      headers: { authorization: node.authorization },
    });
    expect(response.statusCode).toBe(422);
    expect(response.json().detail).toContain('/api/queue/progress/stream');
  });

  it('is the only one: elsewhere a socket is closed at once, or refused', async () => {
    const socket = await node.app.injectWS('/health');
    await once(socket, 'close');
    await expect(node.app.injectWS('/api/nothing')).rejects.toThrow('401');
  });
});
