import fs from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The browser of this machine; null when it has none. */
export function findChromium(): string | null {
  return [process.env.CHROMIUM, ...PLACES].find((place) => place !== undefined && fs.existsSync(place)) ?? null;
}

/** Why there is no browser here, in one line; null when there is one. */
export function chromiumMissing(): string | null {
  return findChromium() === null ? 'there is no Chromium: apt-get install chromium, or set CHROMIUM' : null;
}

export function launchChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: QUIET });
}
