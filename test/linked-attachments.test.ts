import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import PostalMime from 'postal-mime';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sendCampaign } from '../src/core/campaigns.ts';
import { changeSettings } from '../src/core/settings.ts';
import { sendTest } from '../src/core/test-send.ts';
import { LETTER, TestWorkers, untilState } from './helpers/campaign.ts';
import { openTestCore, type TestCore } from './helpers/core.ts';
import { type SmtpSink, startSink } from './helpers/smtp-sink.ts';

/** A server of invoices: by their numbers, with faults on demand. */
class FileServer {
  readonly asked: string[] = [];
  /** Answers of a path before the file: statuses, or `cut`. */
  readonly faults = new Map<string, Array<number | 'cut'>>();
  readonly #server = http.createServer((request, response) => {
    const path = request.url ?? '';
    this.asked.push(path);
    const fault = this.faults.get(path)?.shift();
    if (fault === 'cut') request.socket.destroy();
    else if (fault !== undefined) response.writeHead(fault, { location: '/elsewhere' }).end();
    else if (path.startsWith('/large')) response.end(Buffer.alloc(10 * 1024 * 1024 + 1));
    else response.writeHead(200, { 'content-type': 'application/pdf' }).end(`file of ${path}`);
  });

  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

describe('files that recipients have of their own', { timeout: 60_000 }, () => {
  let test: TestCore;
  let sink: SmtpSink;
  let files: FileServer;
  let origin: string;
  const workers = new TestWorkers();
  const invoices = () => ({ filename: 'invoice-{{number}}.pdf', url: `${origin}/{{number | url_encode}}.pdf` });
  const allow = () =>
    changeSettings(test.core, test.caller, {
      attachmentHosts: [{ host: '127.0.0.1', allowPrivateAddresses: true }],
    });
  const outcomes = async () => {
    const { rows } = await test.database.pool.query<{ email: string; state: string; class: string; response: string }>(
      'select email, state, class, response from email_send_states order by seq',
    );
    return Object.fromEntries(rows.map(({ email, ...rest }) => [email.split('@')[0], rest]));
  };
  const attachmentsOf = async (user: string) => {
    const copy = sink.accepted.find(({ to }) => to[0]?.startsWith(`${user}@`));
    if (!copy) return null;
    const { attachments, text } = await PostalMime.parse(copy.content);
    expect(text).toContain('Hello');
    return attachments.map(({ filename, mimeType, content }) => [
      filename,
      mimeType,
      Buffer.from(content as ArrayBuffer).toString(),
    ]);
  };

  beforeAll(async () => {
    files = new FileServer();
    origin = await files.listen();
  });
  afterAll(() => files.close());
  beforeEach(async () => {
    test = await openTestCore();
    sink = await startSink();
    await test.addAccount(sink.port);
  });
  afterEach(async () => {
    await workers.stop();
    await test.close();
    await sink.close();
  });

  it('reach each recipient with his own, and nobody gets a message without', async () => {
    await allow();
    files.faults.set('/2.pdf', [503, 'cut']);
    files.faults.set('/3.pdf', [404]);
    files.faults.set('/4.pdf', [302]);
    await workers.start(test);
    const numbers = ['1', '2', '3', '4', 'a b/../c'];
    const campaign = await sendCampaign(test.core, test.caller, {
      ...LETTER,
      attachments: [invoices(), { filename: 'terms.txt', contentType: 'text/plain', url: `${origin}/terms.txt` }],
      retry: { delaysSeconds: [1, 1, 1] },
      audience: [
        ...numbers.map((number, i) => ({ email: `person${i + 1}@example.test`, number })),
        { email: 'nameless@example.test' },
      ],
    });
    const { counts } = await untilState(test, campaign.id, 'completed');
    expect(counts).toMatchObject({ sent: 4, failed: 2 });
    expect(await attachmentsOf('person1')).toEqual([
      ['invoice-1.pdf', 'application/pdf', 'file of /1.pdf'],
      ['terms.txt', 'text/plain', 'file of /terms.txt'],
    ]);
    expect((await attachmentsOf('person2'))?.[0]).toEqual(['invoice-2.pdf', 'application/pdf', 'file of /2.pdf']);
    expect((await attachmentsOf('person5'))?.[0]?.[2]).toBe('file of /a+b%2F..%2Fc.pdf');
    expect(await outcomes()).toMatchObject({
      person3: { state: 'failed', class: 'attachment-missing', response: `${origin}/3.pdf answers 404` },
      person4: { state: 'failed', class: 'attachment-missing', response: expect.stringContaining('redirects') },
    });
    expect(files.asked.filter((path) => path === '/terms.txt')).toHaveLength(1);
    expect(sink.accepted).toHaveLength(4);
  });

  it('are left out where that is wanted, refused when they are too large, and fetched for tests too', async () => {
    await allow();
    files.faults.set('/none.pdf', [404]);
    await workers.start(test);
    const campaign = await sendCampaign(test.core, test.caller, {
      ...LETTER,
      attachments: [{ ...invoices(), ifMissing: 'leave-out' }],
      audience: ['7', 'none', 'large'].map((number) => ({ email: `person-${number}@example.test`, number })),
    });
    const { counts } = await untilState(test, campaign.id, 'completed');
    expect(counts).toMatchObject({ sent: 2, failed: 1 });
    expect(await attachmentsOf('person-none')).toEqual([]);
    expect((await outcomes())['person-large']?.response).toContain('more than 10 MB');
    const [tested] = await sendTest(test.core, test.caller, campaign.id, { to: ['me@example.test'] });
    expect(tested).toMatchObject({ sent: true });
    expect((await attachmentsOf('me'))?.[0]?.[0]).toBe('invoice-7.pdf');
  });

  it('come only from hosts that the workspace names, which recipients cannot change', async () => {
    const send = (url: string) =>
      sendCampaign(test.core, test.caller, {
        ...LETTER,
        attachments: [{ filename: 'a', url }],
        audience: [{ ...{ host: '127.0.0.1:1' }, email: 'a@example.test' }],
      });
    await expect(send(`${origin}/a`)).rejects.toThrow(/attachmentHosts/);
    await allow();
    await expect(send('https://{{host}}/a')).rejects.toThrow(/written out/);
    await expect(send('https://127.0.0.1{{host}}/a')).rejects.toThrow(/written out/);
    await expect(send('https://evil@127.0.0.1/a')).rejects.toThrow(/written out/);
    await expect(send('http://files.example.test/a')).rejects.toThrow(/attachmentHosts/);
    await changeSettings(test.core, test.caller, { attachmentHosts: [{ host: '*.example.test' }] });
    await expect(send('http://files.example.test/a')).rejects.toThrow(/allowPrivateAddresses/);
    await expect(
      changeSettings(test.core, test.caller, { attachmentHosts: [{ host: 'https://a.test/b' }] }),
    ).rejects.toThrow(/is no host/);
    await workers.start(test);
    await changeSettings(test.core, test.caller, { attachmentHosts: [{ host: '127.0.0.1' }] });
    const campaign = await send('https://127.0.0.1/a');
    await untilState(test, campaign.id, 'completed');
    expect((await outcomes()).a).toMatchObject({ state: 'failed', response: expect.stringContaining('private') });
    expect(sink.accepted).toHaveLength(0);
  });
});
