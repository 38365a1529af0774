import { Secret, TOTP } from 'otpauth';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { expectAccessible, expectFitsPhone, follow, openPage, takePictures } from '../helpers/browser.ts';
import { chromiumMissing, findChromium, launchChromium } from '../helpers/chromium.ts';
import { choose, press, tick, write } from '../helpers/keyboard.ts';
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
    await write(at.getByLabel('Email'), email);
    await write(at.getByLabel('Password', { exact: true }), password);
    await press(button(at, 'Log in'));
  }

  /** Who has no second factor is in at once. */
  async function logInAtOnce(at: Page, person: typeof OWNER): Promise<void> {
    await logIn(at, person);
    await at.getByRole('button', { name: person.email }).waitFor();
  }

  async function logOut(at: Page, email: string): Promise<void> {
    await press(at.getByRole('button', { name: email }));
    await press(at.getByRole('menuitem', { name: 'Log out' }));
    await at.getByRole('heading', { name: 'Log in' }).waitFor();
  }

  const settings = async (at: Page, part: string) => {
    await follow(at, `${base}/settings/${part}`);
    await at.getByRole('heading', { name: 'Settings' }).waitFor();
  };

  it('sets a first start up by its link: owner, account, test message', async () => {
    await page.goto(`${base}/setup#token=${server.loginToken}`);
    await write(page.getByLabel('Your name'), 'Ada Lovelace');
    expect(page.url()).toBe(`${base}/setup`);
    await look(page, 'setup-owner');
    await write(page.getByLabel('Your email address'), OWNER.email);
    await write(page.getByLabel('Password', { exact: true }), OWNER.password);
    await write(page.getByLabel('Name of the workspace'), 'Acme');
    await write(page.getByLabel('Time zone'), 'Europe/Berlin');
    await press(button(page, 'Go on'));
    await page.getByRole('heading', { name: 'Through which server do you send?' }).waitFor();
    await look(page, 'setup-account');
    await press(page.getByRole('button', { name: /^Another server|^Your own|own/i }).last());
    await page.getByLabel('Server', { exact: false }).first().waitFor();
    await look(page, 'setup-account-form');
    await press(button(page, 'Stay with the built-in mailbox'));
    await press(button(page, 'Send test message'));
    await page.getByText('The server took it.').waitFor();
    await look(page, 'setup-test');
    await press(button(page, 'Go on'));
    await look(page, 'setup-done');
    await press(button(page, 'Open the dashboard'));
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
    await write(page.getByLabel('Default From'), 'Acme <news@acme.test>');
    await write(page.getByLabel('Retries'), '10, 30');
    await press(button(page, 'Save'));
    await page.getByText('Saved.').waitFor();
    await page.reload();
    await expect.poll(() => page.getByLabel('Retries').inputValue()).toBe('10, 30');
  });

  it('makes a key with scopes, shows it once, and revokes it', async () => {
    await settings(page, 'keys');
    await press(button(page, 'Make a key').first());
    const dialog = page.getByRole('dialog');
    await write(dialog.getByLabel('Name'), 'Shop');
    await choose(dialog.getByLabel('Campaigns, templates and webhooks'), 'write');
    await look(page, 'settings-new-key');
    await press(dialog.getByRole('button', { name: 'Make the key' }));
    const key = await dialog.getByLabel('Key', { exact: true }).inputValue();
    expect(key).toMatch(/^pr_[0-9A-Za-z]{32}$/);
    await press(button(page, 'I have it'));
    const status = async (path: string) =>
      (await fetch(`${server.url}${path}`, { headers: { authorization: `Bearer ${key}` } })).status;
    expect([await status('/api/campaigns'), await status('/api/contacts')]).toEqual([200, 403]);
    await press(page.getByRole('row', { name: /Shop/ }).getByRole('button', { name: 'Revoke' }));
    await press(dialog.getByRole('button', { name: 'Revoke key' }));
    await page.getByRole('row', { name: /Shop/ }).waitFor({ state: 'detached' });
    await expect.poll(() => status('/api/campaigns')).toBe(401);
  });

  it('takes somebody in by invitation, as a viewer, who is offered nothing that changes anything', async () => {
    await settings(page, 'members');
    await press(button(page, 'Invite somebody'));
    const dialog = page.getByRole('dialog');
    await write(dialog.getByLabel('Email'), VIEWER.email);
    await tick(dialog.getByRole('radio', { name: 'viewer' }));
    await look(page, 'settings-invite');
    await press(dialog.getByRole('button', { name: 'Send invitation' }));
    const link = await dialog.getByLabel('Link of the invitation').inputValue();
    await press(button(page, 'Done'));
    await page.getByRole('row', { name: /vic@own\.test/ }).waitFor();

    await other.goto(link);
    await other.getByText('invites you into Acme as viewer').waitFor();
    expect(other.url()).toBe(`${base}/invitation`);
    await look(other, 'invitation');
    await write(other.getByLabel('Your name'), 'Vic');
    await write(other.getByLabel('Choose a password'), VIEWER.password);
    await press(button(other, 'Join Acme'));
    await other.getByRole('button', { name: VIEWER.email }).waitFor();
    await settings(other, 'members');
    expect(
      await other.getByRole('navigation', { name: 'Parts of the settings' }).getByRole('link').allTextContents(),
    ).toEqual(['Profile and security', 'Workspace']);
    await settings(other, 'workspace');
    await other.getByText('Administrators change these.').waitFor();
    for (const path of ['/settings/workspace', '/accounts', '/campaigns', '/lists', '/contacts']) {
      await follow(other, base + path);
      await other.getByRole('heading', { level: 1 }).waitFor();
      const changing = /^(Save|Add|New|Create|Make|Delete|Remove|Invite|Import|Write|Pause|Send)\b/;
      const offered = await other.locator('main').getByRole('button', { name: changing }).allTextContents();
      expect(offered, path).toEqual([]);
    }
    await page.reload();
    await choose(page.getByRole('row', { name: /Vic/ }).getByLabel('Role of Vic'), 'editor');
    await page.getByText('Vic has another role now').waitFor();
    await other.goto(`${base}/settings/profile`);
    await other.getByRole('heading', { name: 'Log in' }).waitFor();
  });

  it('ends a session that another browser is using', async () => {
    await logInAtOnce(other, VIEWER);
    const third = await openPage(browser, []);
    await logInAtOnce(third, VIEWER);
    await settings(third, 'profile');
    await press(third.getByRole('row', { name: /Linux/ }).getByRole('button', { name: 'End session' }));
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
    await press(button(other, 'Set up an app'));
    await other.getByRole('img', { name: 'QR code for the authenticator app' }).waitFor();
    await look(other, 'settings-totp');
    const secret = await other.getByLabel('Secret').inputValue();
    const totp = new TOTP({ secret: Secret.fromBase32(secret) });
    await write(other.getByLabel('Code of the app'), totp.generate());
    await press(button(other, 'Turn it on'));
    const codes = (await other.getByRole('dialog').getByLabel('Recovery codes').inputValue()).split('\n');
    expect(codes).toHaveLength(10);
    await look(other, 'settings-recovery-codes');
    await press(button(other, 'I have kept them'));
    await other.getByText('10 codes are left.').waitFor();
    await logOut(other, VIEWER.email);
    await logIn(other, VIEWER);
    await other.getByRole('heading', { name: 'One more proof' }).waitFor();
    await look(other, 'login-second-factor');
    await write(other.getByLabel('Code', { exact: true }), totp.generate({ timestamp: Date.now() + 30_000 }));
    await press(button(other, 'Log in'));
    await other.getByRole('button', { name: VIEWER.email }).waitFor();
    await logOut(other, VIEWER.email);
    await logIn(other, VIEWER);
    await press(button(other, 'Use a recovery code'));
    await write(other.getByLabel('Recovery code'), codes[0] ?? '');
    await press(button(other, 'Log in'));
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
    await press(button(page, 'Add a passkey'));
    await write(page.getByRole('dialog').getByLabel('Name'), 'Test laptop');
    await press(button(page, 'Make the passkey'));
    await press(button(page, 'I have kept them'));
    await page.getByRole('row', { name: /Test laptop/ }).waitFor();
    await look(page, 'settings-passkey');
    await logOut(page, OWNER.email);
    await look(page, 'login');
    await press(button(page, 'Log in with a passkey'));
    await page.getByRole('button', { name: OWNER.email }).waitFor();
    await logOut(page, OWNER.email);
    await logIn(page, OWNER);
    await press(button(page, 'Use a passkey'));
    await page.getByRole('button', { name: OWNER.email }).waitFor();
  });

  it('asks everybody for a second factor, and lets who has none set one up first', async () => {
    await settings(page, 'workspace');
    await tick(page.getByLabel('Everybody needs a second factor'));
    await press(button(page, 'Save'));
    await page.getByText('Saved.').waitFor();
    await settings(page, 'members');
    await press(button(page, 'Invite somebody'));
    const dialog = page.getByRole('dialog');
    await write(dialog.getByLabel('Email'), 'new@own.test');
    await press(dialog.getByRole('button', { name: 'Send invitation' }));
    const link = await dialog.getByLabel('Link of the invitation').inputValue();
    await press(button(page, 'Done'));
    const newcomer = await openPage(browser, complaints);
    await newcomer.goto(link);
    await write(newcomer.getByLabel('Choose a password'), 'words of a newcomer');
    await press(button(newcomer, 'Join Acme'));
    await newcomer.getByRole('heading', { name: 'A second factor is needed' }).waitFor();
    await look(newcomer, 'must-enrol');
    await press(button(newcomer, 'Set up an app'));
    const secret = await newcomer.getByLabel('Secret').inputValue();
    await write(newcomer.getByLabel('Code of the app'), new TOTP({ secret: Secret.fromBase32(secret) }).generate());
    await press(button(newcomer, 'Turn it on'));
    await press(button(newcomer, 'I have kept them'));
    await newcomer.getByRole('button', { name: 'new@own.test' }).waitFor();
    await newcomer.context().close();
  });

  it('makes another workspace and goes back, and the audit log has it all', async () => {
    await press(button(page, 'Workspace Acme. Switch to another'));
    await press(page.getByRole('menuitem', { name: 'New workspace' }));
    await write(page.getByRole('dialog').getByLabel('Name'), 'Second');
    await press(button(page, 'Make the workspace'));
    await press(page.getByRole('button', { name: /^Workspace Second/ }));
    await look(page, 'workspace-switcher');
    await page.keyboard.press('Escape');
    await press(page.getByRole('button', { name: /^Workspace Second/ }));
    await press(page.getByRole('menuitem', { name: 'Acme' }));
    await page.getByRole('button', { name: /^Workspace Acme/ }).waitFor();
    await settings(page, 'audit');
    await write(page.getByLabel('What, such as'), 'user');
    await page.getByRole('cell', { name: 'user.role-changed' }).waitFor();
    await look(page, 'settings-audit-filtered');
  });

  it('chooses a new password by a mailed link', async () => {
    const visitor = await openPage(browser, complaints);
    await visitor.goto(`${base}/login`);
    await press(visitor.getByRole('link', { name: 'Forgot your password?' }));
    await write(visitor.getByLabel('Email'), VIEWER.email);
    await look(visitor, 'forgotten-password');
    await press(button(visitor, 'Mail me a link'));
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
    await write(visitor.getByLabel('Password', { exact: true }), 'a third good password');
    await press(button(visitor, 'Set the password'));
    await visitor.getByText('Your password is set.').waitFor();
    await visitor.context().close();
  });
});
