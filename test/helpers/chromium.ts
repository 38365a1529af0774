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

/** The browser of this machine; null when it has none, which is said once. */
export function findChromium(): string | null {
  const found = [process.env.CHROMIUM, ...PLACES].find((place) => place !== undefined && fs.existsSync(place)) ?? null;
  if (found === null) console.log('Skipped: no Chromium on this machine (apt-get install chromium, or set CHROMIUM).');
  return found;
}

export function launchChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: QUIET });
}
