import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { expectAccessible, expectFitsPhone, follow, openPage, takePictures } from '../helpers/browser.ts';
import { chromiumMissing, findChromium, launchChromium } from '../helpers/chromium.ts';
import { choose, press, tick, write } from '../helpers/keyboard.ts';
import { runsHere } from '../helpers/runs-here.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

const chromium = findChromium();
const WIDE = { viewport: { width: 1440, height: 900 } };
const CSV = [
  'Mail,First Name,Points,City,Junk',
  'ada@people.test,Ada,12,Rome,x',
  'bob@people.test,Bob,40,Oslo,x',
  'cleo@people.test,Cleo,75,Rome,x',
  'not an address,Nobody,1,Rome,x',
  'dan@people.test,Dan,90,Lyon,x',
  'info@people.test,,5,Lyon,x',
  'ada@people.test,Ada again,12,Rome,x',
].join('\n');

/** A machine with much else to do draws pages slowly. */
const PATIENT = { timeout: 180_000 };

describe.runIf(runsHere('the pages of people in a browser', chromiumMissing()))('the pages of people', PATIENT, () => {
  let server: TestServer;
  let browser: Browser;
  let page: Page;
  let folder: string;
  let german: Page | undefined;
  /** What the browser complained about: console errors, exceptions, requests that failed. */
  const complaints: string[] = [];

  beforeAll(async () => {
    server = await startTestServer();
    browser = await launchChromium(chromium ?? '');
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'postrider-people-'));
    page = await openPage(browser, complaints, WIDE);
    await page.goto(`${server.url}/login#token=${server.loginToken}`);
    await page.getByRole('link', { name: 'Contacts' }).waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    if (folder) fs.rmSync(folder, { recursive: true, force: true });
  });
  afterEach(() => expect(complaints.splice(0)).toEqual([]));

  const call = async (method: string, url: string, body?: object) => {
    const response = await fetch(server.url + url, {
      method,
      headers: { authorization: `Bearer ${server.apiKey}`, 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    expect(response.status, text).toBeLessThan(300);
    return text === '' ? null : JSON.parse(text);
  };
  const open = async (at: string, heading: string) => {
    await follow(page, server.url + at);
    await page.getByRole('heading', { level: 1, name: heading }).waitFor();
  };
  const openGerman = async () => {
    const opened = await openPage(browser, complaints, { ...WIDE, locale: 'de-DE' });
    await opened.context().addCookies(await page.context().cookies());
    return opened;
  };
  const toast = (text: string | RegExp) => page.getByRole('region', { name: 'Notices' }).getByText(text).waitFor();

  it.each([
    ['/contacts', 'Contacts', 'Nobody is here yet'],
    ['/lists', 'Lists', 'No lists yet'],
    ['/segments', 'Segments', 'No segments yet'],
    ['/imports', 'Imports', 'Nothing was imported yet'],
    ['/suppressions', 'Suppressions', 'Nobody is suppressed'],
    ['/forms', 'Forms', 'No forms yet'],
    ['/contacts/duplicates', 'Duplicates', 'Nobody has looked for duplicates yet.'],
  ])('%s says what belongs there while it is empty', async (at, heading, words) => {
    await open(at, heading);
    await page.getByText(words).waitFor();
    await takePictures(page, `empty${at.replaceAll('/', '-')}`);
    await expectAccessible(page);
    await expectFitsPhone(page);
  });

  it('makes a list', async () => {
    await open('/lists', 'Lists');
    await press(page.getByRole('button', { name: 'Make a list' }));
    const dialog = page.getByRole('dialog');
    await write(dialog.getByLabel('Name'), 'News');
    await choose(dialog.getByLabel('Seen by'), 'public');
    await expectAccessible(page);
    await dialog.getByLabel('Name').press('Enter');
    await page.getByRole('heading', { level: 1, name: 'News' }).waitFor();
  });

  it('imports a file: a column named as addresses, one made a number attribute, one left out; rejects are shown', async () => {
    const file = path.join(folder, 'people.csv');
    fs.writeFileSync(file, CSV.replace('Mail', 'Contact'));
    await open('/imports', 'Imports');
    await page.getByLabel('choose a file', { exact: true }).last().setInputFiles(file);
    await page.getByText('No column was recognised as addresses.').waitFor();
    // The refusal is the server's answer, and the browser notes it.
    expect(complaints.splice(0).filter((complaint) => !/40\d|422/.test(complaint))).toEqual([]);
    await choose(page.getByLabel('Which column holds the addresses?'), 'Contact');
    await press(page.getByRole('button', { name: 'Use this column' }));
    await page.getByRole('heading', { level: 1, name: 'people.csv' }).waitFor();
    await page.getByText('waits for you').waitFor();
    expect(await page.getByLabel('What becomes of First Name').inputValue()).toBe('field:firstName');
    await page.getByText('12 · 40 · 75').waitFor();
    await page.getByRole('button', { name: 'Import 5 people' }).waitFor();
    await choose(page.getByLabel('What becomes of Points'), 'new');
    await write(page.getByLabel('Name of the attribute'), 'score');
    await choose(page.getByLabel('Its type'), 'number');
    await choose(page.getByLabel('What becomes of Junk'), 'none');
    await choose(page.getByLabel('Into the list'), { label: 'News' });
    await write(page.getByLabel('Their consent'), 'Signed up at the fair in Lyon');
    await choose(page.getByLabel(/^Mailboxes of a function/), 'refuse');
    await takePictures(page, 'import-decision');
    await page.reload();
    expect(await page.getByLabel('Name of the attribute').inputValue()).toBe('score');
    await press(page.getByRole('button', { name: 'Look at every row again' }));
    await page.getByRole('button', { name: 'Import 4 people' }).waitFor();
    await expectAccessible(page);
    await expectFitsPhone(page);
    await press(page.getByRole('button', { name: 'Import 4 people' }));
    await page.getByRole('link', { name: 'See the list' }).waitFor();
    await page.getByText('not an address').waitFor();
    expect(await page.getByRole('table', { name: 'Refused rows' }).getByRole('row').count()).toBe(3);
    await takePictures(page, 'import-result');
    await expectAccessible(page);
    await expectFitsPhone(page);
    const { items } = await call('GET', '/api/contacts?search=cleo');
    expect(items[0].attributes).toEqual({ score: 75, city: 'Rome' });
    expect((await call('GET', '/api/contacts/attributes')).items).toContainEqual(
      expect.objectContaining({ name: 'score', type: 'number' }),
    );
    await open('/imports', 'Imports');
    await page.getByRole('row', { name: /people\.csv.*done/ }).waitFor();
    expect(await page.getByRole('row').count()).toBe(2);
    await takePictures(page, 'imports');
  });

  it('shows contacts, and filters them by what stands in the address', async () => {
    for (let i = 0; i < 30; i++)
      await call('POST', '/api/contacts', {
        email: `p${i}@more.test`,
        firstName: `Person ${i}`,
        attributes: { score: i, city: i % 2 === 0 ? 'Rome' : 'Kyiv' },
        tags: i < 5 ? ['vip'] : [],
      });
    await open('/contacts', 'Contacts');
    await page.getByText('34 people').waitFor();
    await takePictures(page, 'contacts');
    await expectAccessible(page);
    await expectFitsPhone(page);
    await press(page.getByRole('button', { name: 'Filter', exact: true }));
    const dialog = page.getByRole('dialog');
    await press(dialog.getByText('Attribute', { exact: true }).first());
    await choose(dialog.getByLabel('Attribute').last(), 'city');
    await write(dialog.getByLabel('Is exactly'), 'Kyiv');
    await dialog.getByLabel('Is exactly').press('Enter');
    await page.getByText('15 people').waitFor();
    expect(page.url()).toContain('attribute=city%3AKyiv');
    await write(page.getByLabel('Beginning of an address or a name'), 'p1');
    await page.getByText('6 people').waitFor();
    await press(page.getByRole('button', { name: 'Columns' }));
    await press(page.getByRole('checkbox', { name: 'score' }));
    await page.keyboard.press('Escape');
    await page.getByRole('columnheader', { name: 'score' }).waitFor();
    await press(page.getByRole('button', { name: 'Remove the filter “city is Kyiv”' }));
    await page.getByText('11 people').waitFor();
    await takePictures(page, 'contacts-filtered');
  });

  it('does something with those who are selected, and with all who fit', async () => {
    await open('/contacts?q=p2', 'Contacts');
    await tick(page.getByLabel('Select p2@more.test'));
    await tick(page.getByLabel('Select p20@more.test'));
    await page.getByText('2 selected').waitFor();
    await press(page.getByRole('button', { name: 'Add tags' }));
    const dialog = page.getByRole('dialog');
    await dialog.getByText('It is about 2 contacts.').waitFor();
    await write(dialog.getByLabel('Tags'), 'chosen');
    await dialog.getByLabel('Tags').press('Enter');
    await takePictures(page, 'contacts-bulk');
    await expectAccessible(page);
    await press(dialog.getByRole('button', { name: 'Add the tags' }));
    await toast('Add tags: 2 of 2 changed.');
    await open('/contacts?tag=vip', 'Contacts');
    await page.getByText('5 people').waitFor();
    await tick(page.getByLabel('Select all that are read'));
    await press(page.getByRole('button', { name: 'More that can be done with them' }));
    await press(page.getByRole('menuitem', { name: 'Set an attribute' }));
    await choose(dialog.getByLabel('Attribute'), 'score');
    await write(dialog.getByLabel('Value'), 'many');
    await dialog.getByText('This attribute is declared as number: write 12.5.').waitFor();
    await write(dialog.getByLabel('Value'), '100');
    await press(dialog.getByRole('button', { name: 'Set it' }));
    await toast('Set an attribute: 5 of 5 changed.');
    expect((await call('GET', '/api/contacts/count?attribute=score:100')).count).toBe(5);
  });

  it('changes a contact where its values stand, by keyboard', async () => {
    const { items } = await call('GET', '/api/contacts?search=bob');
    await open(`/contacts/${items[0].id}`, 'Bob');
    await page.getByRole('button', { name: 'Change Last name' }).focus();
    await page.keyboard.press('Enter');
    await page.keyboard.type('Marley');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Bob Marley' }).waitFor();
    await expect
      .poll(() => page.evaluate('document.activeElement.getAttribute("aria-label")'))
      .toBe('Change Last name');
    await press(page.getByRole('button', { name: 'Change score' }));
    await write(page.getByRole('textbox', { name: 'score' }), 'lots');
    await page.keyboard.press('Enter');
    await page.getByText('Write a number, such as 12.5.').waitFor();
    await write(page.getByRole('textbox', { name: 'score' }), '41');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Change score' }).waitFor();
    await press(page.getByRole('button', { name: 'Change Time zone' }));
    await write(page.getByRole('textbox', { name: 'Time zone' }), 'Berlin');
    await page.keyboard.press('Escape');
    await page.getByText('was imported · News').waitFor();
    await page.getByText(/Signed up at the fair in Lyon/).waitFor();
    expect(await call('GET', `/api/contacts/${items[0].id}`)).toMatchObject({
      lastName: 'Marley',
      attributes: { score: 41 },
      timeZone: null,
    });
    await takePictures(page, 'contact');
    await expectAccessible(page);
    await expectFitsPhone(page);
  });

  it('erases a contact when the address is typed', async () => {
    await press(page.getByRole('button', { name: 'More actions' }));
    await press(page.getByRole('menuitem', { name: 'Erase the person' }));
    const dialog = page.getByRole('dialog');
    const button = dialog.getByRole('button', { name: 'Erase the person' });
    expect(await button.isDisabled()).toBe(true);
    await takePictures(page, 'contact-erase');
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    await expect.poll(() => page.evaluate('document.activeElement.getAttribute("aria-label")')).toBe('More actions');
    await page.keyboard.press('Enter');
    await press(page.getByRole('menuitem', { name: 'Erase the person' }));
    await write(dialog.getByLabel('Type bob@people.test to confirm'), 'bob@people.test');
    await press(button);
    await page.getByRole('heading', { level: 1, name: 'Contacts' }).waitFor();
    await toast('Erased. A hash keeps the address from being written to.');
    expect((await call('GET', '/api/contacts?search=bob')).items).toEqual([]);
  });

  it('builds a segment by mouse, with its count and a sentence while it is built', async () => {
    await open('/segments/new', 'New segment');
    await page.getByText('The number comes when every condition is whole.').waitFor();
    await choose(page.getByLabel('What', { exact: true }), 'attribute:score');
    await choose(page.getByLabel('How', { exact: true }), 'atLeast');
    await write(page.getByLabel('Value', { exact: true }), '20');
    // 20 to 29, five of a hundred, Cleo with 75 and Dan with 90.
    await page.getByText('17 people').waitFor();
    await page.getByText('score is at least 20', { exact: true }).waitFor();
    await press(page.getByRole('button', { name: 'Add a group' }));
    const group = page.getByRole('group', { name: 'Group of conditions' }).last();
    await choose(group.getByLabel('What', { exact: true }), 'attribute:city');
    await write(group.getByLabel('Value', { exact: true }), 'Rome');
    await press(group.getByRole('button', { name: 'Add a condition' }));
    await choose(group.getByLabel('What', { exact: true }).last(), 'field:tags');
    await write(group.getByLabel('Values', { exact: true }), 'vip');
    await group.getByLabel('Values', { exact: true }).press('Enter');
    await page.getByText('score is at least 20 and (city is Rome or tags include any of vip)').waitFor();
    // 20, 22, 24, 26, 28, five of a hundred, and Cleo.
    await page.getByText('11 people').waitFor();
    await page.getByText('Counted exactly.').waitFor();
    await takePictures(page, 'segment-new');
    await expectAccessible(page);
    await expectFitsPhone(page);
    await write(page.getByRole('textbox', { name: 'Name' }), 'Romans');
    await press(page.getByRole('button', { name: 'Save the segment' }));
    await page.getByRole('heading', { level: 1, name: 'Romans' }).waitFor();
    await page.getByRole('table', { name: 'Contacts' }).getByRole('link', { name: 'cleo@people.test' }).waitFor();
    await takePictures(page, 'segment');
    expect(await page.getByRole('button', { name: 'Save changes' }).isDisabled()).toBe(true);
    await press(page.getByRole('button', { name: 'Remove the condition 2' }));
    // Without who is there by the tag alone: p1 and p3.
    await page.getByText('9 people').waitFor();
  });

  it('builds a segment by keyboard alone', async () => {
    await open('/segments', 'Segments');
    await takePictures(page, 'segments');
    await page.getByRole('button', { name: 'Build a segment' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'New segment' }).waitFor();
    const tabTo = async (label: string) => {
      for (let i = 0; i < 60; i++) {
        const found = await page.evaluate(
          '(document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent)?.trim()',
        );
        if (found === label) return;
        await page.keyboard.press('Tab');
      }
      throw new Error(`Tab does not come to ${label}`);
    };
    await page.getByRole('main').focus();
    await tabTo('What');
    await page.keyboard.type('domain');
    await tabTo('Value');
    await page.keyboard.type('more.test');
    await tabTo('Add a condition');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.getAttribute("aria-label")')).toBe('What');
    await page.keyboard.type('score');
    await tabTo('How');
    await page.keyboard.type('is below');
    await tabTo('Value');
    await page.keyboard.type('x');
    await page.getByText('Write a number, such as 12.5.').waitFor();
    await page.keyboard.press('Backspace');
    await page.keyboard.type('10');
    await page.getByText('domain is more.test and score is below 10', { exact: true }).waitFor();
    await page.getByText('5 people').waitFor();
    await page.getByRole('main').focus();
    await tabTo('Name');
    await page.keyboard.type('Low scores');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Low scores' }).waitFor();
  });

  it('deletes a list, and takes that back', async () => {
    await call('POST', '/api/lists', { name: 'Old list' });
    await open('/lists', 'Lists');
    await takePictures(page, 'lists');
    await expectAccessible(page);
    const row = page.getByRole('row', { name: /Old list/ });
    const remove = async () => {
      await press(row.getByRole('button', { name: 'More actions' }));
      await press(page.getByRole('menuitem', { name: 'Delete the list' }));
      await row.waitFor({ state: 'detached' });
    };
    await remove();
    await press(page.getByRole('button', { name: 'Undo' }));
    await row.waitFor();
    expect((await call('GET', '/api/lists?search=Old')).items).toHaveLength(1);
    await remove();
    // Who leaves the page meant it.
    await page.reload();
    await expect.poll(async () => (await call('GET', '/api/lists?search=Old')).items).toEqual([]);
  });

  it('shows a list with its members, changes it, and merges it into another', async () => {
    const { items } = await call('GET', '/api/lists?search=News');
    const other = await call('POST', '/api/lists', { name: 'Everything' });
    await open(`/lists/${items[0].id}`, 'News');
    await page.getByRole('table', { name: 'Contacts' }).getByRole('link', { name: 'cleo@people.test' }).waitFor();
    await press(page.getByRole('switch', { name: 'Own words' }));
    await takePictures(page, 'list');
    await expectAccessible(page);
    await expectFitsPhone(page);
    await write(page.getByLabel('Subject'), 'Please confirm');
    await press(page.getByRole('button', { name: 'Save' }).last());
    await toast('Saved.');
    expect((await call('GET', `/api/lists/${items[0].id}`)).confirmation.subject).toBe('Please confirm');
    await press(page.getByRole('button', { name: 'More actions' }));
    await press(page.getByRole('menuitem', { name: 'Merge into another list' }));
    const dialog = page.getByRole('dialog');
    await dialog.getByText('The 3 subscribed members join the other list').waitFor();
    await press(dialog.getByRole('button', { name: 'Merge and delete' }));
    await page.getByRole('heading', { level: 1, name: 'Everything' }).waitFor();
    expect((await call('GET', `/api/lists/${other.id}`)).contacts.subscribed).toBe(3);
  });

  it('finds duplicates and merges them', async () => {
    for (const email of ['jo.doe@gmail.com', 'jodoe+news@gmail.com']) await call('POST', '/api/contacts', { email });
    await open('/contacts/duplicates', 'Duplicates');
    await press(page.getByRole('button', { name: 'Look for duplicates' }));
    await page.getByText('One mailbox').waitFor();
    await takePictures(page, 'duplicates');
    await expectAccessible(page);
    await press(page.getByRole('button', { name: 'Compare and merge' }));
    const dialog = page.getByRole('dialog');
    await tick(dialog.getByLabel('Keep jodoe+news@gmail.com'));
    await takePictures(page, 'duplicates-merge');
    await expectAccessible(page);
    await press(dialog.getByRole('button', { name: 'Merge 1 into it' }));
    await toast('Merged into jodoe+news@gmail.com.');
    expect((await call('GET', '/api/contacts?search=jo.doe')).items).toEqual([]);
  });

  it('suppresses one and many, finds them, and says what removing means', async () => {
    await open('/suppressions', 'Suppressions');
    await press(page.getByRole('button', { name: 'Suppress', exact: true }));
    const dialog = page.getByRole('dialog');
    await write(dialog.getByLabel('Address, domain or hash'), '@blocked.test');
    await expectAccessible(page);
    await press(dialog.getByRole('button', { name: 'Suppress them' }));
    await toast('Nothing is sent to @blocked.test any more.');
    await press(page.getByRole('button', { name: 'Suppress', exact: true }));
    await press(dialog.getByText('Many', { exact: true }));
    await write(dialog.getByLabel('One a line'), 'one@gone.test\ntwo@gone.test\nnot this');
    await dialog.getByText('3 entries').waitFor();
    await choose(dialog.getByLabel('Reason'), 'complaint');
    await press(dialog.getByRole('button', { name: 'Suppress them' }));
    await page.getByText('Imported: 2 done, 1 refused.').waitFor();
    await page.getByText('two@gone.test').waitFor();
    await takePictures(page, 'suppressions');
    await expectAccessible(page);
    await expectFitsPhone(page);
    await choose(page.getByLabel('Reason'), 'complaint');
    await page.getByText('@blocked.test', { exact: true }).waitFor({ state: 'detached' });
    await press(page.getByRole('button', { name: 'Remove two@gone.test' }));
    await dialog.getByText('They had reported a message as spam').waitFor();
    await takePictures(page, 'suppressions-remove');
    await press(dialog.getByRole('button', { name: 'Allow it again' }));
    await toast(/^From now on campaigns send to two@gone\.test again/);
  });

  it('makes a form, with its page beside it as it is written', async () => {
    await open('/forms', 'Forms');
    await press(page.getByRole('button', { name: 'Make a form' }));
    await write(page.getByRole('textbox', { name: 'Name', exact: true }), 'Sign up');
    await press(page.getByLabel('Lists', { exact: true }).first());
    await press(page.getByRole('option', { name: 'Everything' }));
    await page.keyboard.press('Escape');
    await write(page.getByLabel('Title', { exact: true }), 'Join <us>');
    await press(page.getByRole('button', { name: 'Add a field' }));
    await write(page.getByLabel('What they agree to'), 'I want the news.');
    const frame = page.frameLocator('iframe');
    await frame.getByRole('heading', { name: 'Join <us>' }).waitFor();
    await frame.getByText('I want the news.').waitFor();
    await frame.getByLabel('First name').waitFor();
    await press(page.getByRole('button', { name: 'Make the form' }));
    await page.getByRole('heading', { level: 1, name: 'Sign up' }).waitFor();
    await frame.getByText('I want the news.').waitFor();
    await takePictures(page, 'form');
    await expectAccessible(page);
    await expectFitsPhone(page);
    const { items } = await call('GET', '/api/forms');
    expect(items[0]).toMatchObject({ settings: { title: 'Join <us>', fields: [{ name: 'firstName' }] } });
    expect(await page.getByLabel('Link of the page').inputValue()).toBe(items[0].url);
    await open('/forms', 'Forms');
    await page.getByRole('link', { name: 'Sign up' }).waitFor();
    await takePictures(page, 'forms');
  });

  it.each([
    ['/contacts', 'Kontakte'],
    ['/contacts/', 'cleo@people.test'],
    ['/lists', 'Listen'],
    ['/lists/', 'Everything'],
    ['/segments', 'Segmente'],
    ['/segments/', 'Romans'],
    ['/imports', 'Importe'],
    ['/suppressions', 'Sperrliste'],
    ['/forms', 'Formulare'],
    ['/forms/', 'Sign up'],
  ])('%s (%s) can be used by everybody, on a phone, and in German', async (at, name) => {
    german ??= await openGerman();
    const isOne = at.endsWith('/');
    const [one] = isOne ? (await call('GET', `/api${at.slice(0, -1)}?search=${encodeURIComponent(name)}`)).items : [];
    await follow(german, server.url + at + (one?.id ?? ''));
    await german.getByRole('heading', { level: 1, name: one?.firstName ?? name }).waitFor();
    await expectAccessible(german);
    await expectFitsPhone(german);
    await takePictures(
      german,
      `german${at.replace(/.$/, (last) => (last === '/' ? '-one' : last)).replaceAll('/', '-')}`,
    );
  });

  it('offers a viewer nothing that changes anything', async () => {
    const password = 'a viewer with a long password';
    await call('POST', '/api/users', { email: 'viewer@people.test', role: 'viewer', password });
    const viewer = await openPage(browser, complaints, WIDE);
    await viewer.goto(`${server.url}/login`);
    // Who is nobody is told so by the server, and the browser notes it.
    await write(viewer.getByLabel('Email'), 'viewer@people.test');
    complaints.splice(0);
    await write(viewer.getByLabel('Password', { exact: true }), password);
    await viewer.getByLabel('Password', { exact: true }).press('Enter');
    await viewer.getByRole('link', { name: 'Contacts' }).waitFor();
    const [contact] = (await call('GET', '/api/contacts?search=cleo')).items;
    const [list] = (await call('GET', '/api/lists')).items;
    const [segment] = (await call('GET', '/api/segments?search=Romans')).items;
    const [form] = (await call('GET', '/api/forms')).items;
    const [done] = (await call('GET', '/api/imports')).items;
    const pages = ['/contacts', `/contacts/${contact.id}`, '/contacts/duplicates', '/lists', `/lists/${list.id}`];
    const more = ['/segments', `/segments/${segment.id}`, '/imports', `/imports/${done.importId}`];
    for (const at of [...pages, ...more, '/suppressions', '/forms', `/forms/${form.id}`]) {
      await follow(viewer, server.url + at);
      await viewer.getByRole('heading', { level: 1 }).waitFor();
      await viewer.waitForLoadState('networkidle');
      const buttons = await viewer.getByRole('main').getByRole('button').allInnerTexts();
      const harmless = ['Filter', 'Columns', 'Copy', 'Clear all'];
      expect(
        buttons.map((text) => text.trim()).filter((text) => !harmless.includes(text)),
        at,
      ).toEqual([]);
      const fields = await viewer
        .getByRole('main')
        .locator('input:not([type=search], [readonly]), textarea:not([readonly]), select')
        .evaluateAll((found) => found.map((each) => each.getAttribute('aria-label')));
      expect(
        fields.filter((label) => label !== 'Kind' && label !== 'Reason'),
        at,
      ).toEqual([]);
    }
    await viewer.goto(`${server.url}/segments/${segment.id}`);
    await viewer.getByText(/^score is at least 20 and/).waitFor();
    await viewer.context().close();
  });
});
