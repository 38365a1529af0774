import axe from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';

/**
 * A page in a context of its own, which notes what the browser complains about: errors, exceptions, failed requests. Nothing
 * is animated unless that is asked for: drawing it takes a sixth of the processor time of a test.
 */
export async function openPage(
  browser: Browser,
  complaints: string[],
  options: BrowserContextOptions = {},
): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    locale: 'en-US',
    reducedMotion: 'reduce',
    ...options,
  });
  // A machine with much else to do draws pages slowly.
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`exception: ${error.message}`));
  page.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`);
  });
  page.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText ?? '';
    if (reason !== 'net::ERR_ABORTED') complaints.push(`${reason} ${request.url()}`);
  });
  return page;
}

/**
 * To another page of the dashboard as one of its own links leads there, until its heading stands: the program goes on,
 * and half a second of loading it anew is saved. From elsewhere, and to where it is already, it is loaded.
 */
export async function follow(page: Page, url: string): Promise<void> {
  const [from, to] = [new URL(page.url()), new URL(url)];
  if (from.origin !== to.origin || from.pathname === to.pathname) {
    await page.goto(url);
    return;
  }
  const arrived = await page.evaluate(`new Promise((answer) => {
    document.querySelectorAll('h1').forEach((one) => { one.dataset.left = one.textContent; });
    history.pushState(null, '', ${JSON.stringify(url)});
    dispatchEvent(new PopStateEvent('popstate'));
    const end = performance.now() + ${ARRIVAL_MS};
    const look = () => {
      const stands = [...document.querySelectorAll('h1')].some((one) => one.dataset.left !== one.textContent);
      if (stands || performance.now() > end) answer(stands);
      else requestAnimationFrame(look);
    };
    look();
  })`);
  expect(arrived, `a heading of ${url}`).toBe(true);
}

const ARRIVAL_MS = 15_000;
const SETTLED_MS = 400;

interface Violation {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: ReadonlyArray<{ readonly html: string; readonly failureSummary: string }>;
}

/** Of what axe looks at, only contrast is another in the dark; and what passes is not described, which takes as long again. */
const RUNS = {
  light: "axe.run({ resultTypes: ['violations'] })",
  dark: "axe.run({ resultTypes: ['violations'], runOnly: ['color-contrast'] })",
} as const;

/** No serious or critical finding of axe-core on the page as it stands, light and dark. */
export async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await settle(page);
    if (await page.evaluate("typeof axe === 'undefined'")) await page.evaluate(axe.source);
    const { violations } = (await page.evaluate(RUNS[colorScheme])) as { violations: Violation[] };
    const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    expect(
      grave.map(({ id, nodes }) => `${id} (${colorScheme}): ${nodes.map(({ html }) => html).join(' | ')}`),
      page.url(),
    ).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: null });
}

/** Nothing sticks out to the right of a phone's screen. */
export async function expectFitsPhone(page: Page): Promise<void> {
  const before = page.viewportSize();
  await page.setViewportSize({ width: 360, height: 740 });
  const sticking =
    await page.evaluate(`document.documentElement.scrollWidth <= 360 ? [] : [...document.querySelectorAll('body *')]
    .filter((one) => one.getBoundingClientRect().right > 361)
    .slice(0, 12).map((one) => one.tagName + '.' + one.className + ' to ' + Math.round(one.getBoundingClientRect().right))`);
  expect(sticking, page.url()).toEqual([]);
  if (before) await page.setViewportSize(before);
}

/** Leaves pictures at 1440 and 360 px, light and dark, in the folder TEST_PICTURES names; without it none are taken. */
export async function takePictures(page: Page, name: string): Promise<void> {
  const folder = process.env.TEST_PICTURES;
  if (!folder) return;
  const before = page.viewportSize();
  for (const width of [1440, 360]) {
    await page.setViewportSize({ width, height: width === 360 ? 740 : 900 });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await settle(page);
      await page.screenshot({ path: `${folder}/${name}-${width}-${colorScheme}.png` });
    }
  }
  await page.emulateMedia({ colorScheme: null });
  if (before) await page.setViewportSize(before);
}

/** A page as it stands: pictures of it when they are wanted, axe, and a phone. */
export async function audit(page: Page, name: string): Promise<void> {
  await takePictures(page, name);
  await expectAccessible(page);
  await expectFitsPhone(page);
}

/** Colours of some fields fade into each other: what stands in between is nobody's contrast. */
async function settle(page: Page): Promise<void> {
  await page.evaluate(`new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))).then(() =>
    Promise.race([
      Promise.allSettled(document.getAnimations().map((one) => one.finished)),
      new Promise((late) => setTimeout(late, ${SETTLED_MS})), // some go on for ever
    ])).then(() => null)`);
}
