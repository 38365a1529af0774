// Pictures of every page of the dashboard for docs/screens: starts the built program with a database of its own, fills it, takes each
// page at 1440 and 360 px, light and dark, and has axe-core look at each of them: a serious finding ends it with exit code 1.
// `npm run build && node scripts/take-screens.mjs [pattern of names]`
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import axe from 'axe-core';
import { chromium } from 'playwright-core';
import { root } from './esbuild-options.mjs';

const OUT = path.join(root, 'docs', 'screens');
const SIZES = [
  { width: 1440, height: 900 },
  { width: 360, height: 740 },
];
const QUALITY = 60;
const BROWSERS = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const KEY = 'screens-screens-screens-screens-screens';
const OWNER = { email: 'ada@acme.example', password: 'never gets outside of here' };

/** Before anybody has logged in. */
const OPEN_TO_ALL = ['setup', 'login', 'forgotten-password', 'reset-password', 'invitation'];
const only = new RegExp(process.argv[2] ?? '');
let isLoggedIn = false;
/** What axe-core calls serious or critical. */
const findings = [];
let url = '';

fs.mkdirSync(OUT, { recursive: true });
await withProgram({}, async (output) => {
  const [token] = /#token=[\w-]+/.exec(output()) ?? [];
  await takeAll([['setup', `/setup${token}`]]);
});
const owner = { ADMIN_API_KEY: KEY, ADMIN_EMAIL: OWNER.email, ADMIN_PASSWORD: OWNER.password };
await withProgram(owner, async () => takeAll(pagesOf(await fill())));
for (const finding of findings) console.error(finding);
if (findings.length > 0) process.exitCode = 1;

/** Starts the program with a database of its own, and stops it when all is done. */
async function withProgram(environment, use) {
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'postrider-screens-'));
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  const server = spawn(process.execPath, [path.join(root, 'dist/cli.mjs'), 'start'], {
    env: {
      ...process.env,
      DATA_DIR: dataDir,
      PORT: String(port),
      BASE_URL: url,
      SANDBOX_SMTP_PORT: '0',
      LOG_LEVEL: 'error',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  server.stdout.on('data', (text) => {
    output += text;
  });
  try {
    await untilReady();
    await use(() => output);
  } finally {
    server.kill('SIGTERM');
    await new Promise((ended) => server.once('exit', ended));
    fs.rmSync(dataDir, { recursive: true, force: true });
  }
}

function freePort() {
  return new Promise((found) => {
    const probe = net.createServer().listen(0, '127.0.0.1', () => {
      const { port: free } = probe.address();
      probe.close(() => found(free));
    });
  });
}

async function untilReady() {
  for (let tries = 0; tries < 120; tries++) {
    const answer = await fetch(`${url}/health`).catch(() => null);
    if (answer?.ok) return;
    await sleep(500);
  }
  throw new Error('the program did not start within a minute');
}

async function call(method, route, body) {
  const answer = await fetch(url + route, {
    method,
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${route}: ${answer.status} ${text}`);
  return text === '' ? null : JSON.parse(text);
}

/** A workspace as one has it after some weeks. */
async function fill() {
  await call('PATCH', '/api/settings', {
    name: 'Acme',
    from: 'Acme News <news@acme.example>',
    timezone: 'Europe/Berlin',
  });
  const names = ['Ada', 'Grace', 'Alan', 'Mary', 'Edsger', 'Barbara', 'Donald', 'Radia', 'Ken', 'Margaret'];
  const cities = ['London', 'Berlin', 'Lyon', 'Kyiv', 'Oslo'];
  const leads = Array.from({ length: 2400 }, (_, i) => ({
    email: `${names[i % 10].toLowerCase()}${i}@${['example.com', 'mail.example', 'post.example'][i % 3]}`,
    firstName: names[i % 10],
    lastName: ['Lovelace', 'Hopper', 'Turing', 'Shelley'][i % 4],
    city: cities[i % 5],
    orders: i % 37,
  }));
  await call('POST', '/api/queue/leads/import', { listName: 'Newsletter', leads });
  await call('POST', '/api/queue/leads/import', { listName: 'Customers', leads: leads.slice(0, 300) });
  const lists = await untilImported();
  await call('PUT', '/api/contacts/attributes/orders', { type: 'number' });
  const segment = await call('POST', '/api/segments', {
    name: 'Regulars in Berlin',
    filter: {
      and: [
        { attribute: 'city', op: 'is', value: 'Berlin' },
        { attribute: 'orders', op: 'above', value: 10 },
      ],
    },
  });
  await call('POST', '/api/suppressions', { email: 'gone@example.com', reason: 'complaint' }).catch(() => {});
  const form = await call('POST', '/api/forms', {
    name: 'Website footer',
    listIds: [lists[0].id],
    settings: { title: 'Stay in touch', intro: 'Once a month, on a Tuesday.' },
  });
  const template = await call('POST', '/api/templates', {
    name: 'Monthly letter',
    subject: 'News of the month',
    htmlContent:
      '<h1>Hello {{ firstName }}</h1><p>What we made.</p><p><a href="{{unsubscribeUrl}}">Unsubscribe</a></p>',
  });
  const series = await call('POST', '/api/series', {
    name: 'Monthly letter',
    templateId: template.id,
    audience: { listIds: [lists[0].id] },
    schedule: { every: 'month', dayOfMonth: 31, at: '09:00', timezone: 'Europe/Berlin' },
  });
  const campaigns = await fillCampaigns(lists[0].id);
  // From now on it would be the one that campaigns go out through.
  const account = await call('POST', '/api/accounts', {
    name: 'Mail server in Frankfurt',
    type: 'smtp',
    host: 'mail.acme.example',
    port: 587,
    limits: { perHour: 20_000, perDay: 200_000 },
  });
  await call('POST', `/api/accounts/${account.id}/pause`);
  const invitation = await call('POST', '/api/invitations', { email: 'grace@acme.example', role: 'editor' });
  const domain = await call('POST', '/api/domains', { domain: 'acme.example', ed25519: true });
  await call('POST', `/api/domains/${domain.id}/check`);
  const webhook = await call('POST', '/api/webhooks', {
    name: 'Shop',
    url: 'https://hooks.acme.example/postrider',
    types: ['email.bounced', 'contact.unsubscribed'],
  });
  const from = 'Acme Shop <shop@acme.example>';
  const order = { from, subject: 'Your order {{order}} is on its way', textContent: 'Hello {{name}}', tags: ['order'] };
  const emails = [];
  for (const [i, name] of ['Ada', 'Grace', 'Alan', 'Edsger', 'Barbara', 'Donald'].entries()) {
    const to = [{ email: `${name.toLowerCase()}@example.org`, name }];
    emails.push(await call('POST', '/api/emails', { ...order, to, data: { order: 1017 + i } }));
  }
  const scheduledAt = new Date(Date.now() + 3 * 86_400_000).toISOString();
  await call('POST', '/api/emails', {
    from,
    to: 'ada@example.org',
    subject: 'Your trial ends',
    textContent: 'Soon',
    scheduledAt,
  });
  const { items } = await call('GET', '/api/contacts?limit=1');
  const imports = await call('GET', '/api/imports');
  return {
    ...campaigns,
    domain: domain.id,
    webhook: webhook.id,
    email: emails[0].id,
    list: lists[0].id,
    segment: segment.id,
    form: form.id,
    account: account.id,
    invitation: invitation.link.slice(url.length),
    template: template.id,
    series: series.id,
    contact: items[0].id,
    import: imports.items[0].importId,
  };
}

async function untilImported() {
  for (;;) {
    const { items } = await call('GET', '/api/imports');
    if (items.every(({ state }) => state === 'completed')) return (await call('GET', '/api/lists')).items;
    await sleep(300);
  }
}

async function fillCampaigns(listId) {
  const content = {
    subject: 'Hello {{ firstName }}',
    htmlContent: '<p>Hello {{ firstName }}</p><p><a href="{{unsubscribeUrl}}">Unsubscribe</a></p>',
  };
  const audience = { listIds: [listId] };
  const [{ id: mailbox }] = (await call('GET', '/api/accounts')).items;
  await call('PUT', '/api/sandbox/behaviour', {
    refuse: { reply: '554 5.7.1 Message refused by policy', firstAttemptOnly: false, matching: '7@', sharePercent: 60 },
    delayMs: 0,
    drop: null,
  });
  const done = await call('POST', '/api/campaigns/send', { name: 'October news', ...content, audience });
  while ((await call('GET', `/api/campaigns/${done.campaignId}`)).state !== 'completed') await sleep(500);
  await call('POST', '/api/campaigns/send', {
    name: 'Winter sale',
    ...content,
    audience,
    scheduledAt: '2035-01-10T09:00',
  });
  const draft = await call('POST', '/api/campaigns', { name: 'December news', ...content, audience });
  const variants = [{ name: 'Plain' }, { name: 'Asking', subject: 'What is new, {{ firstName }}?' }];
  const abTest = { samplePercent: 20, winner: 'manual' };
  const tracking = { opens: true, clicks: true };
  const trial = { ...content, audience, variants, abTest, tracking };
  const tested = await call('POST', '/api/campaigns/send', { name: 'Autumn letter', ...trial });
  const written = await call('POST', '/api/campaigns', { name: 'Spring letter', ...trial });
  await sleep(10_000);
  // Slow, so that it is still under way when its picture is taken.
  await call('PUT', '/api/sandbox/behaviour', { refuse: null, delayMs: 3000, drop: null });
  const sending = await call('POST', '/api/campaigns/send', {
    name: 'November news',
    ...content,
    audience,
    accountIds: [mailbox],
  });
  await sleep(15_000);
  return {
    ...{ done: done.campaignId, draft: draft.id, sending: sending.campaignId },
    ...{ tested: tested.campaignId, written: written.id },
  };
}

function pagesOf(made) {
  return [
    ['login', '/login'],
    ['forgotten-password', '/forgotten-password'],
    ['reset-password', '/reset-password#token=not-a-real-one'],
    ['invitation', made.invitation],
    ['overview', '/'],
    ['campaigns', '/campaigns'],
    ['campaign-sending', `/campaigns/${made.sending}`],
    ['campaign-done', `/campaigns/${made.done}`],
    ['campaign-variants', `/campaigns/${made.tested}`],
    ['composer-variants', `/campaigns/${made.written}/edit?step=content&variant=1`],
    ['composer-content', `/campaigns/${made.draft}/edit`],
    ['composer-audience', `/campaigns/${made.draft}/edit?step=audience`],
    ['composer-sender', `/campaigns/${made.draft}/edit?step=sender`],
    ['composer-schedule', `/campaigns/${made.draft}/edit?step=schedule`],
    ['composer-review', `/campaigns/${made.draft}/edit?step=review`],
    ['emails', '/emails'],
    ['email', `/emails/${made.email}`],
    ['series', '/series'],
    ['one-series', `/series/${made.series}`],
    ['series-editor', `/series/${made.series}/edit`],
    ['templates', '/templates'],
    ['template', `/templates/${made.template}`],
    ['mailbox', '/mailbox'],
    ['contacts', '/contacts'],
    ['contact', `/contacts/${made.contact}`],
    ['duplicates', '/contacts/duplicates'],
    ['lists', '/lists'],
    ['list', `/lists/${made.list}`],
    ['segments', '/segments'],
    ['segment', `/segments/${made.segment}`],
    ['imports', '/imports'],
    ['import', `/imports/${made.import}`],
    ['suppressions', '/suppressions'],
    ['forms', '/forms'],
    ['form', `/forms/${made.form}`],
    ['accounts', '/accounts'],
    ['account', `/accounts/${made.account}`],
    ['domains', '/domains'],
    ['domain', `/domains/${made.domain}`],
    ['bounce-mailboxes', '/bounce-mailboxes'],
    ['webhooks', '/webhooks'],
    ['webhook', `/webhooks/${made.webhook}`],
    ['performance', '/dashboard/performance'],
    ['workers', '/dashboard/workers'],
    ['queues', '/dashboard/queues'],
    ['alerts', '/alerts'],
    ['settings-profile', '/settings/profile'],
    ['settings-workspace', '/settings/workspace'],
    ['settings-members', '/settings/members'],
    ['settings-keys', '/settings/keys'],
    ['settings-audit', '/settings/audit'],
  ];
}

async function takeAll(all) {
  const pages = all.filter(([name]) => only.test(name));
  const browser = await chromium.launch({
    executablePath: BROWSERS.find((file) => file && fs.existsSync(file)),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  const context = await browser.newContext({ locale: 'en-US', reducedMotion: 'reduce' });
  const page = await context.newPage();
  let taken = 0;
  for (const [name, address] of pages) {
    if (!OPEN_TO_ALL.includes(name)) await logIn(page);
    for (const viewport of SIZES) {
      await page.setViewportSize(viewport);
      await page.goto(url + address);
      await page
        .getByRole('heading', { level: 1 })
        .or(page.getByRole('region', { name: 'Preview' }))
        .first()
        .waitFor({ timeout: 20_000 });
      await sleep(1200);
      for (const colorScheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await sleep(400);
        const file = path.join(OUT, `${name}-${viewport.width}-${colorScheme}.jpg`);
        await page.screenshot({ path: file, type: 'jpeg', quality: QUALITY });
        await audit(page, `${name} at ${viewport.width} px, ${colorScheme}`);
      }
    }
    taken++;
    console.log(`${taken} of ${pages.length}: ${name}`);
  }
  await browser.close();
}

async function audit(page, where) {
  if (await page.evaluate("typeof axe === 'undefined'")) await page.evaluate(axe.source);
  const { violations } = await page.evaluate("axe.run({ resultTypes: ['violations'] })");
  for (const { id, impact, nodes } of violations)
    if (impact === 'serious' || impact === 'critical')
      findings.push(`${where}: ${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
}

async function logIn(page) {
  if (isLoggedIn) return;
  await page.setViewportSize(SIZES[0]);
  await page.goto(`${url}/login`);
  await page.getByLabel('Email').fill(OWNER.email);
  await page.getByLabel('Password', { exact: true }).fill(OWNER.password);
  await page.getByRole('button', { name: 'Log in', exact: true }).click();
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
  isLoggedIn = true;
}
