import { FakeGoogle } from '../../bench/providers/fake-google.ts';
import type { FakeMail } from '../../bench/providers/fake-mail.ts';
import { readRawMail } from '../../bench/providers/fake-mail.ts';
import { FakeMailgun } from '../../bench/providers/fake-mailgun.ts';
import { FakePostmark } from '../../bench/providers/fake-postmark.ts';
import { type FakeApi, FakeProvider, type FakeState, type ProviderFault } from '../../bench/providers/fake-provider.ts';
import { FakeResend } from '../../bench/providers/fake-resend.ts';
import { FakeSendGrid } from '../../bench/providers/fake-sendgrid.ts';
import { FakeSes } from '../../bench/providers/fake-ses.ts';
import { readServiceAccountKey } from '../../src/mail/google/service-account-key.ts';
import type { HttpTransportOptions } from '../../src/mail/http/http-transport.ts';
import type { Transport } from '../../src/mail/transport.ts';
import { gmailTransport } from '../../src/mail/transports/gmail.ts';
import { mailgunTransport } from '../../src/mail/transports/mailgun.ts';
import { postmarkTransport } from '../../src/mail/transports/postmark.ts';
import { resendTransport } from '../../src/mail/transports/resend.ts';
import { sendGridTransport } from '../../src/mail/transports/sendgrid.ts';
import { sesTransport } from '../../src/mail/transports/ses.ts';
import { smtpTransport } from '../../src/mail/transports/smtp.ts';
import { FAST } from '../helpers/smtp-client.ts';
import { type SinkScript, SmtpSink } from '../helpers/smtp-sink.ts';

export interface SubjectOptions {
  /** Requests, or connections, at the same time. */
  readonly parallel?: number;
  /** Until an answer is given up. */
  readonly answerMs?: number;
  /** How long an idempotent provider is asked again. */
  readonly repeatForMs?: number;
}

/** A transport, and the other side of it. */
export interface Rig {
  readonly transport: Transport;
  readonly state: Pick<FakeState, 'invalid' | 'suppressed'> & Partial<FakeState>;
  /** Of the next request, or message. */
  fault(fault: ProviderFault): void;
  /** Faults that no request, or message, has come to yet. An SMTP server comes to its own when the whole content is there. */
  faultsAhead(): number;
  /** Requests that were begun, or messages: whether anything left at all. */
  begun(): number;
  mails(): Promise<readonly FakeMail[]>;
  close(): Promise<void>;
}

/** One kind of transport under the conformance suite. */
export interface Subject {
  readonly name: string;
  readonly isHttp: boolean;
  readonly isIdempotent: boolean;
  /** What was taken can be looked for when its answer is lost. */
  readonly isSearchable?: boolean;
  /** A revoked key is met before any message. */
  readonly hasTokens?: boolean;
  /** Messages one request carries. */
  readonly maxBatch: number;
  open(options?: SubjectOptions): Promise<Rig>;
  /** To a port where nobody listens. */
  openNowhere(): Transport;
}

const NOWHERE = new URL('http://127.0.0.1:1');

interface HttpSubject {
  readonly name: string;
  readonly maxBatch: number;
  readonly isIdempotent?: boolean;
  readonly isSearchable?: boolean;
  readonly hasTokens?: boolean;
  fake(): FakeApi;
  transport(base: URL, key: string, options: HttpTransportOptions): Transport;
}

const HTTP: readonly HttpSubject[] = [
  {
    name: 'Postmark',
    maxBatch: 50,
    fake: () => new FakePostmark(),
    transport: (baseUrl, token, options) => postmarkTransport({ ...options, baseUrl, token }),
  },
  {
    name: 'Resend',
    maxBatch: 100,
    isIdempotent: true,
    fake: () => new FakeResend(),
    transport: (baseUrl, apiKey, options) => resendTransport({ ...options, baseUrl, apiKey, minIntervalMs: 0 }),
  },
  {
    name: 'Amazon SES',
    maxBatch: 1,
    fake: () => new FakeSes(),
    transport: (baseUrl, accessKeyId, options) =>
      sesTransport({ ...options, baseUrl, accessKeyId, secretAccessKey: 'secret', region: 'eu-west-1' }),
  },
  {
    name: 'SendGrid',
    maxBatch: 1,
    fake: () => new FakeSendGrid(),
    transport: (baseUrl, apiKey, options) => sendGridTransport({ ...options, baseUrl, apiKey }),
  },
  {
    name: 'Mailgun',
    maxBatch: 1,
    fake: () => new FakeMailgun(),
    transport: (baseUrl, apiKey, options) => mailgunTransport({ ...options, baseUrl, apiKey, domain: 'mg.acme.test' }),
  },
  {
    name: 'Gmail',
    maxBatch: 1,
    isSearchable: true,
    hasTokens: true,
    fake: () => unlimitedGoogle(),
    transport: (baseUrl, json, options) =>
      gmailTransport({
        ...options,
        baseUrl,
        key: readServiceAccountKey(json),
        user: 'news@acme.test',
        admin: 'news@acme.test',
        // How long it searches, for those cases in which there is nothing to be found.
        repeatForMs: Math.min(options.repeatForMs ?? 0, 2_000),
      }),
  },
];

/** Limits of users are another matter. */
function unlimitedGoogle(): FakeGoogle {
  const google = new FakeGoogle();
  google.mailboxes.unitsPerSecond = Number.POSITIVE_INFINITY;
  return google;
}

function httpSubject({ fake, transport, isIdempotent = false, ...subject }: HttpSubject): Subject {
  return {
    ...subject,
    isIdempotent,
    isHttp: true,
    open: async ({ parallel = 4, answerMs = 10_000, repeatForMs = 10_000 } = {}) => {
      const provider = await new FakeProvider(fake()).start();
      const options = { maxRequests: parallel, timeouts: { connectMs: 5_000, answerMs }, repeatForMs };
      const opened = transport(provider.url, provider.key, options);
      return {
        transport: opened,
        state: provider,
        fault: (fault) => provider.faults.push(fault),
        faultsAhead: () => provider.faults.length,
        begun: () => provider.sendRequests.length,
        mails: async () => provider.copies,
        close: async () => {
          await opened.close(0);
          await provider.close();
        },
      };
    },
    openNowhere: () => transport(NOWHERE, fake().key, { maxRequests: 2 }),
  };
}

const SMTP: Subject = {
  name: 'SMTP',
  isHttp: false,
  isIdempotent: false,
  maxBatch: 1,
  open: async ({ parallel = 4, answerMs = 10_000 } = {}) => {
    const faults: ProviderFault[] = [];
    const invalid = new Set<string>();
    const suppressed = new Set<string>();
    const script: SinkScript = ({ stage, line }) => {
      const to = (/<(.*)>/.exec(line)?.[1] ?? '').toLowerCase();
      if (stage === 'rcpt' && invalid.has(to)) return '550 5.1.3 Bad recipient address syntax';
      if (stage === 'rcpt' && suppressed.has(to)) return '550 5.1.1 Address is on the suppression list';
      const fault = stage === 'dot' ? faults.shift() : undefined;
      if (fault?.kind === 'late') return { reply: null, accept: true, after: 'stall' };
      if (fault?.kind !== 'cut') return undefined;
      return { reply: null, accept: fault.isTaken, after: fault.manner === 'rst' ? 'reset' : 'close' };
    };
    const sink = await new SmtpSink({ script }).listen();
    const transport = smtpTransport({
      host: sink.host,
      port: sink.port,
      secure: 'none',
      name: 'client.test',
      maxConnections: parallel,
      timeoutMs: { ...FAST, finalDotMs: answerMs },
    });
    return {
      transport,
      state: { invalid, suppressed },
      fault: (fault) => faults.push(fault),
      faultsAhead: () => faults.length,
      begun: () => sink.commands.filter(({ line }) => /^(?:DATA|BDAT)/i.test(line)).length,
      mails: () =>
        Promise.all(
          sink.accepted.map(({ content, to }, i) =>
            readRawMail(content, { recipient: to[0] ?? '', id: String(i), reference: null }),
          ),
        ),
      close: async () => {
        await transport.close(0);
        await sink.close();
      },
    };
  },
  openNowhere: () => smtpTransport({ host: '127.0.0.1', port: 1, secure: 'none' }),
};

export const SUBJECTS: readonly Subject[] = [SMTP, ...HTTP.map(httpSubject)];
