import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPage } from '../helpers/browser.ts';
import { callApi } from '../helpers/call-api.ts';
import { chromiumMissing, findChromium, launchChromium } from '../helpers/chromium.ts';
import { runsHere } from '../helpers/runs-here.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

const chromium = findChromium();
/** The long form has a million, and is watched for a minute: `LARGE_CAMPAIGN_ROWS=1000000`. */
const ROWS = Number(process.env.LARGE_CAMPAIGN_ROWS ?? 20_000);
const IS_LONG = ROWS >= 1_000_000;
const WATCHED_MS = IS_LONG ? 60_000 : 8000;
/** A page looks something up at most so often, besides the stream of events. */
const REQUESTS_A_MINUTE = 5;
const LONG_TASK_MS = 200;

describe.runIf(runsHere('a large campaign in a browser', chromiumMissing()))('a large campaign', () => {
  let server: TestServer;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    server = await startTestServer({}, 'inside', { embedded: IS_LONG });
    browser = await launchChromium(chromium ?? '');
    page = await openPage(browser, complaints, { reducedMotion: 'no-preference' });
    await page.goto(`${server.url}/login#token=${server.loginToken}`);
    await page.getByRole('navigation', { name: 'Main' }).waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  it(`of ${ROWS} rows is watched while it is sent, and scrolled to any row`, {
    timeout: IS_LONG ? 900_000 : 120_000,
  }, async () => {
    const campaignId = await launch(server);
    const requests: string[] = [];
    await page.goto(`${server.url}/campaigns/${campaignId}`);
    await page.getByRole('heading', { name: /sending$/ }).waitFor({ timeout: 60_000 });
    await expect.poll(() => page.getByRole('table', { name: 'Recipients' }).count(), { timeout: 60_000 }).toBe(1);
    await page.waitForTimeout(3000);
    await page.evaluate(`window.longTasks = []; new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) window.longTasks.push(entry.duration);
    }).observe({ type: 'longtask' }); null`);
    page.on('request', (request) => requests.push(request.url()));
    await page.waitForTimeout(WATCHED_MS);
    expect(await page.getByRole('heading', { name: /sending$/ }).count()).toBe(1);
    const tasks = (await page.evaluate('window.longTasks')) as number[];
    if (IS_LONG) {
      console.log(
        `${requests.length} requests and ${tasks.length} long tasks in ${WATCHED_MS / 1000} s, the longest ${Math.max(0, ...tasks)} ms`,
      );
      expect(tasks.filter((ms) => ms > LONG_TASK_MS)).toEqual([]);
    }
    expect(requests.length, requests.join('\n')).toBeLessThan(REQUESTS_A_MINUTE);
    for (const row of [ROWS, Math.round(ROWS / 2), 1]) await scrollTo(row);
    expect(complaints).toEqual([]);
  });

  async function scrollTo(row: number): Promise<void> {
    await page.evaluate(`(() => {
      const list = document.querySelector('section[aria-label="Recipients"][tabindex]');
      list.scrollTop = (list.scrollHeight - list.clientHeight) * ${(row - 1) / (ROWS - 1)};
    })()`);
    await page
      .getByRole('row')
      .filter({ hasText: `p${row}@large.test` })
      .first()
      .waitFor();
  }
});

/** A campaign to contacts that were not imported but made by the database, through a mailbox that takes its time. */
async function launch(server: TestServer): Promise<string> {
  const { pool } = server.postrider.core.db;
  const { id: listId } = await callApi<{ id: string }>(server, 'POST', '/api/lists', { name: 'All' });
  await pool.query(
    `with made as (
       insert into contacts (workspace_id, email, email_key)
       select $1, k, k from generate_series(1, $3::int) n cross join lateral (select 'p' || n || '@large.test' as k) as e
       order by n returning id)
     insert into list_subscriptions (list_id, contact_id) select $2, id from made`,
    [server.postrider.workspaceId, listId, ROWS],
  );
  if (!IS_LONG) await callApi(server, 'PUT', '/api/sandbox/behaviour', { refuse: null, delayMs: 40, drop: null });
  const content = { subject: 'x', textContent: 'x', from: 'News <news@a.test>' };
  const { campaignId } = await callApi<{ campaignId: string }>(server, 'POST', '/api/campaigns/send', {
    name: 'Large',
    ...content,
    audience: { listIds: [listId] },
  });
  return campaignId;
}
