import { Secret, TOTP } from 'otpauth';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { expectAccessible, expectFitsPhone, openPage, takePictures } from '../helpers/browser.ts';
import { chromiumMissing, findChromium, launchChromium } from '../helpers/chromium.ts';
import { runsHere } from '../helpers/runs-here.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

const chromium = findChromium();
const OWNER = { email: 'ada@own.test', password: 'correct horse battery' };
const VIEWER = { email: 'vic@own.test', password: 'entirely other words' };

describe.runIf(runsHere('getting in, in a browser', chromiumMissing()))('getting in', { timeout: 120_000 }, () => {
  let server: TestServer;
  let browser: Browser;
  let base: string;
  /** The owner's browser. */
  let page: Page;
  /** The viewer's, from the invitation on. */
  let other: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    server = await startTestServer();
    base = server.postrider.core.baseUrl; // passkeys want a name, not 127.0.0.1
    browser = await launchChromium(chromium ?? '');
    page = await openPage(browser, complaints);
    other = await openPage(browser, complaints);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });
  afterEach(() => {
    // Who is not logged in, or not any more, is told so whatever their page asks for, and the browser says it in its console.
    const expected = /^401 |^console: Failed to load resource: the server responded with a status of 401 /;
    expect(complaints.splice(0).filter((complaint) => !expected.test(complaint))).toEqual([]);
  });

  async function look(at: Page, name: string): Promise<void> {
    await takePictures(at, name);
    await expectFitsPhone(at);
    await expectAccessible(at);
  }

  const button = (at: Page, name: string) => at.getByRole('button', { name, exact: true });

  async function logIn(at: Page, { email, password }: typeof OWNER): Promise<void> {
    await at.goto(`${base}/login`);
    await at.getByLabel('Email').fill(email);
    await at.getByLabel('Password', { exact: true }).fill(password);
    await button(at, 'Log in').click();
  }

  /** Who has no second factor is in at once. */
  async function logInAtOnce(at: Page, person: typeof OWNER): Promise<void> {
    await logIn(at, person);
    await at.getByRole('button', { name: person.email }).waitFor();
  }

  async function logOut(at: Page, email: string): Promise<void> {
    await at.getByRole('button', { name: email }).click();
    await at.getByRole('menuitem', { name: 'Log out' }).click();
    await at.getByRole('heading', { name: 'Log in' }).waitFor();
  }

  const settings = async (at: Page, part: string) => {
    await at.goto(`${base}/settings/${part}`);
    await at.getByRole('heading', { name: 'Settings' }).waitFor();
  };

  it('sets a first start up by its link: owner, account, test message', async () => {
    await page.goto(`${base}/setup#token=${server.loginToken}`);
    await page.getByLabel('Your name').fill('Ada Lovelace');
    expect(page.url()).toBe(`${base}/setup`);
    await look(page, 'setup-owner');
    await page.getByLabel('Your email address').fill(OWNER.email);
    await page.getByLabel('Password', { exact: true }).fill(OWNER.password);
    await page.getByLabel('Name of the workspace').fill('Acme');
    await page.getByLabel('Time zone').fill('Europe/Berlin');
    await button(page, 'Go on').click();
    await page.getByRole('heading', { name: 'Through which server do you send?' }).waitFor();
    await look(page, 'setup-account');
    await page
      .getByRole('button', { name: /^Another server|^Your own|own/i })
      .last()
      .click();
    await page.getByLabel('Server', { exact: false }).first().waitFor();
    await look(page, 'setup-account-form');
    await button(page, 'Stay with the built-in mailbox').click();
    await button(page, 'Send test message').click();
    await page.getByText('The server took it.').waitFor();
    await look(page, 'setup-test');
    await button(page, 'Go on').click();
    await look(page, 'setup-done');
    await button(page, 'Open the dashboard').click();
    await page.getByRole('button', { name: /^Workspace Acme/ }).waitFor();
    await page.goto(`${base}/setup`);
    await expect.poll(() => page.url()).toBe(`${base}/`);
  });

  it('shows the settings of a person and of the workspace', async () => {
    for (const part of ['profile', 'workspace', 'members', 'keys', 'audit']) {
      await settings(page, part);
      await page
        .getByRole('table')
        .or(page.getByLabel('Time zone'))
        .or(page.getByText('No keys yet'))
        .first()
        .waitFor();
      await look(page, `settings-${part}`);
    }
    await settings(page, 'workspace');
    await page.getByLabel('Default From').fill('Acme <news@acme.test>');
    await page.getByLabel('Retries').fill('10, 30');
    await button(page, 'Save').click();
    await page.getByText('Saved.').waitFor();
    await page.reload();
    await expect.poll(() => page.getByLabel('Retries').inputValue()).toBe('10, 30');
  });

  it('makes a key with scopes, shows it once, and revokes it', async () => {
    await settings(page, 'keys');
    await button(page, 'Make a key').first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Shop');
    await dialog.getByLabel('Campaigns and templates').selectOption('write');
    await look(page, 'settings-new-key');
    await dialog.getByRole('button', { name: 'Make the key' }).click();
    const key = await dialog.getByLabel('Key', { exact: true }).inputValue();
    expect(key).toMatch(/^pr_[0-9A-Za-z]{32}$/);
    await button(page, 'I have it').click();
    const status = async (path: string) =>
      (await fetch(`${server.url}${path}`, { headers: { authorization: `Bearer ${key}` } })).status;
    expect([await status('/api/campaigns'), await status('/api/contacts')]).toEqual([200, 403]);
    await page.getByRole('row', { name: /Shop/ }).getByRole('button', { name: 'Revoke' }).click();
    await dialog.getByRole('button', { name: 'Revoke key' }).click();
    await page.getByRole('row', { name: /Shop/ }).waitFor({ state: 'detached' });
    await expect.poll(() => status('/api/campaigns')).toBe(401);
  });

  it('takes somebody in by invitation, as a viewer, who is offered nothing that changes anything', async () => {
    await settings(page, 'members');
    await button(page, 'Invite somebody').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Email').fill(VIEWER.email);
    await dialog.getByRole('radio', { name: 'viewer' }).check();
    await look(page, 'settings-invite');
    await dialog.getByRole('button', { name: 'Send invitation' }).click();
    const link = await dialog.getByLabel('Link of the invitation').inputValue();
    await button(page, 'Done').click();
    await page.getByRole('row', { name: /vic@own\.test/ }).waitFor();

    await other.goto(link);
    await other.getByText('invites you into Acme as viewer').waitFor();
    expect(other.url()).toBe(`${base}/invitation`);
    await look(other, 'invitation');
    await other.getByLabel('Your name').fill('Vic');
    await other.getByLabel('Choose a password').fill(VIEWER.password);
    await button(other, 'Join Acme').click();
    await other.getByRole('button', { name: VIEWER.email }).waitFor();
    await settings(other, 'members');
    expect(
      await other.getByRole('navigation', { name: 'Parts of the settings' }).getByRole('link').allTextContents(),
    ).toEqual(['Profile and security', 'Workspace']);
    await settings(other, 'workspace');
    await other.getByText('Administrators change these.').waitFor();
    for (const path of ['/settings/workspace', '/accounts', '/campaigns', '/lists', '/contacts']) {
      await other.goto(base + path);
      await other.getByRole('heading', { level: 1 }).waitFor();
      const changing = /^(Save|Add|New|Create|Make|Delete|Remove|Invite|Import|Write|Pause|Send)\b/;
      const offered = await other.locator('main').getByRole('button', { name: changing }).allTextContents();
      expect(offered, path).toEqual([]);
    }
    await page.reload();
    await page.getByRole('row', { name: /Vic/ }).getByLabel('Role of Vic').selectOption('editor');
    await page.getByText('Vic has another role now').waitFor();
    await other.goto(`${base}/settings/profile`);
    await other.getByRole('heading', { name: 'Log in' }).waitFor();
  });

  it('ends a session that another browser is using', async () => {
    await logInAtOnce(other, VIEWER);
    const third = await openPage(browser, []);
    await logInAtOnce(third, VIEWER);
    await settings(third, 'profile');
    await third.getByRole('row', { name: /Linux/ }).getByRole('button', { name: 'End session' }).click();
    await third.getByText('The session has ended.').waitFor();
    // The stream is cut and refused, and with it the page.
    await other.goto(`${base}/settings/profile`);
    await other.getByRole('heading', { name: 'Log in' }).waitFor();
    await third.context().close();
    complaints.splice(0, complaints.length, ...complaints.filter((each) => !each.startsWith('401 ')));
  });

  it('sets up an authenticator app, and asks for its code at the login', async () => {
    await logInAtOnce(other, VIEWER);
    await settings(other, 'profile');
    await button(other, 'Set up an app').click();
    await other.getByRole('img', { name: 'QR code for the authenticator app' }).waitFor();
    await look(other, 'settings-totp');
    const secret = await other.getByLabel('Secret').inputValue();
    const totp = new TOTP({ secret: Secret.fromBase32(secret) });
    await other.getByLabel('Code of the app').fill(totp.generate());
    await button(other, 'Turn it on').click();
    const codes = (await other.getByRole('dialog').getByLabel('Recovery codes').inputValue()).split('\n');
    expect(codes).toHaveLength(10);
    await look(other, 'settings-recovery-codes');
    await button(other, 'I have kept them').click();
    await other.getByText('10 codes are left.').waitFor();
    await logOut(other, VIEWER.email);
    await logIn(other, VIEWER);
    await other.getByRole('heading', { name: 'One more proof' }).waitFor();
    await look(other, 'login-second-factor');
    await other.getByLabel('Code', { exact: true }).fill(totp.generate({ timestamp: Date.now() + 30_000 }));
    await button(other, 'Log in').click();
    await other.getByRole('button', { name: VIEWER.email }).waitFor();
    await logOut(other, VIEWER.email);
    await logIn(other, VIEWER);
    await button(other, 'Use a recovery code').click();
    await other.getByLabel('Recovery code').fill(codes[0] ?? '');
    await button(other, 'Log in').click();
    await other.getByRole('button', { name: VIEWER.email }).waitFor();
  });

  it('logs in with a passkey alone', async () => {
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('WebAuthn.enable');
    await devtools.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    await settings(page, 'profile');
    await button(page, 'Add a passkey').click();
    await page.getByRole('dialog').getByLabel('Name').fill('Test laptop');
    await button(page, 'Make the passkey').click();
    await button(page, 'I have kept them').click();
    await page.getByRole('row', { name: /Test laptop/ }).waitFor();
    await look(page, 'settings-passkey');
    await logOut(page, OWNER.email);
    await look(page, 'login');
    await button(page, 'Log in with a passkey').click();
    await page.getByRole('button', { name: OWNER.email }).waitFor();
    await logOut(page, OWNER.email);
    await logIn(page, OWNER);
    await button(page, 'Use a passkey').click();
    await page.getByRole('button', { name: OWNER.email }).waitFor();
  });

  it('asks everybody for a second factor, and lets who has none set one up first', async () => {
    await settings(page, 'workspace');
    await page.getByLabel('Everybody needs a second factor').check();
    await button(page, 'Save').click();
    await page.getByText('Saved.').waitFor();
    await settings(page, 'members');
    await button(page, 'Invite somebody').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Email').fill('new@own.test');
    await dialog.getByRole('button', { name: 'Send invitation' }).click();
    const link = await dialog.getByLabel('Link of the invitation').inputValue();
    await button(page, 'Done').click();
    const newcomer = await openPage(browser, complaints);
    await newcomer.goto(link);
    await newcomer.getByLabel('Choose a password').fill('words of a newcomer');
    await button(newcomer, 'Join Acme').click();
    await newcomer.getByRole('heading', { name: 'A second factor is needed' }).waitFor();
    await look(newcomer, 'must-enrol');
    await button(newcomer, 'Set up an app').click();
    const secret = await newcomer.getByLabel('Secret').inputValue();
    await newcomer.getByLabel('Code of the app').fill(new TOTP({ secret: Secret.fromBase32(secret) }).generate());
    await button(newcomer, 'Turn it on').click();
    await button(newcomer, 'I have kept them').click();
    await newcomer.getByRole('button', { name: 'new@own.test' }).waitFor();
    await newcomer.context().close();
  });

  it('makes another workspace and goes back, and the audit log has it all', async () => {
    await button(page, 'Workspace Acme. Switch to another').click();
    await page.getByRole('menuitem', { name: 'New workspace' }).click();
    await page.getByRole('dialog').getByLabel('Name').fill('Second');
    await button(page, 'Make the workspace').click();
    await page.getByRole('button', { name: /^Workspace Second/ }).click();
    await look(page, 'workspace-switcher');
    await page.getByRole('menuitem', { name: 'Acme' }).click();
    await page.getByRole('button', { name: /^Workspace Acme/ }).waitFor();
    await settings(page, 'audit');
    await page.getByLabel('What, such as').fill('user');
    await page.getByRole('cell', { name: 'user.role-changed' }).waitFor();
    await look(page, 'settings-audit-filtered');
  });

  it('chooses a new password by a mailed link', async () => {
    const visitor = await openPage(browser, complaints);
    await visitor.goto(`${base}/login`);
    await visitor.getByRole('link', { name: 'Forgot your password?' }).click();
    await visitor.getByLabel('Email').fill(VIEWER.email);
    await look(visitor, 'forgotten-password');
    await button(visitor, 'Mail me a link').click();
    await visitor.getByRole('heading', { name: 'Look at your mail' }).waitFor();
    const mail = async () => {
      const found = await fetch(`${server.url}/api/sandbox/messages?search=Choose`, {
        headers: { authorization: `Bearer ${server.apiKey}` },
      });
      return ((await found.json()) as { items: Array<{ id: string; envelopeTo: string }> }).items.find(
        ({ envelopeTo }) => envelopeTo === VIEWER.email,
      )?.id;
    };
    await expect.poll(mail).toBeTruthy();
    const { rows } = await server.postrider.core.db.pool.query('select raw from sandbox_messages where id = $1', [
      await mail(),
    ]);
    const text = String(rows[0].raw).replace(/=\r\n/g, '').replaceAll('=3D', '=');
    await visitor.goto(/http:\S+\/reset-password#token=[\w-]{43}/.exec(text)?.[0] ?? 'no link');
    await look(visitor, 'reset-password');
    await visitor.getByLabel('Password', { exact: true }).fill('a third good password');
    await button(visitor, 'Set the password').click();
    await visitor.getByText('Your password is set.').waitFor();
    await visitor.context().close();
  });
});
