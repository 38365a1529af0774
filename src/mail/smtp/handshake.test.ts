import { lookup } from 'node:dns/promises';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { brief, FAST, mail, mails, sendAll, withRig } from '../../../test/helpers/smtp-client.ts';
import type { SinkOptions } from '../../../test/helpers/smtp-sink.ts';
import { SINK_CERTIFICATE } from '../../../test/helpers/smtp-sink-certificate.ts';
import { smtpTransport } from '../transports/smtp.ts';
import type { SmtpTransportOptions } from './options.ts';

const TRUSTED: Partial<SmtpTransportOptions> = { host: 'localhost', tls: { ca: SINK_CERTIFICATE } };
const USER = { username: 'bob@acme.test', password: 'päss wörd' };

/** Sends one message and answers outcome and class. */
async function tryOnce(sink: SinkOptions, options: Partial<SmtpTransportOptions>): Promise<string> {
  return await withRig(sink, options, async ({ transport }) => {
    const outcome = await transport.send(mail('a@example.test'));
    return outcome.kind === 'not-handed-over'
      ? `${brief(outcome)}:${outcome.class.subject}/${outcome.class.action}/${outcome.class.name}`
      : brief(outcome);
  });
}

describe('TLS', () => {
  it.each([
    ['implicit', 'tls'],
    ['starttls', 'starttls'],
    ['starttls', 'opportunistic'],
  ] as const)('%s server, secure: %s: messages arrive whole', async (tls, secure) => {
    await withRig({ tls }, { ...TRUSTED, secure, maxConnections: 2 }, async (rig) => {
      const large = mail('big@example.test', Buffer.alloc(300_000, 'some words\r\n'));
      expect(await sendAll(rig, [...mails(20), large])).toEqual(Array(21).fill('accepted'));
      expect(rig.sink.accepted.find(({ to }) => to[0] === 'big@example.test')?.content.equals(large.content)).toBe(
        true,
      );
      expect(await rig.transport.verify()).toMatchObject({ ok: true, stage: 'ready', tls: { protocol: 'TLSv1.3' } });
    });
  });

  it.each([
    ['implicit', 'tls'],
    ['starttls', 'starttls'],
    ['starttls', 'opportunistic'],
  ] as const)(
    'a certificate nobody trusts is refused (%s, %s), unless the account says otherwise',
    async (tls, secure) => {
      expect(await tryOnce({ tls }, { secure, host: 'localhost' })).toBe(
        'not-handed-over@tls:connection/retry/certificate-rejected',
      );
      expect(await tryOnce({ tls }, { secure, host: 'localhost', tls: { rejectUnauthorized: false } })).toBe(
        'accepted',
      );
    },
  );

  it('a trusted certificate for another name is refused', async () => {
    const tls = { ca: SINK_CERTIFICATE, servername: 'smtp.acme.test' };
    expect(await tryOnce({ tls: 'implicit' }, { secure: 'tls', tls })).toBe(
      'not-handed-over@tls:connection/retry/certificate-rejected',
    );
  });

  it('says EHLO again after STARTTLS and forgets what was offered in clear', async () => {
    await withRig({ tls: 'starttls' }, { ...TRUSTED, secure: 'starttls' }, async (rig) => {
      await sendAll(rig, mails(1));
      expect(rig.sink.verbs()).toEqual(['EHLO', 'STARTTLS', 'EHLO', 'MAIL', 'RCPT', 'DATA']);
    });
  });

  it('is required with secure: starttls, and never falls back', async () => {
    expect(await tryOnce({}, { secure: 'starttls' })).toBe('not-handed-over@tls:connection/retry/starttls-not-offered');
    const refused: SinkOptions = {
      tls: 'starttls',
      script: ({ stage }) => (stage === 'starttls' ? '454 TLS not available' : undefined),
    };
    expect(await tryOnce(refused, { secure: 'starttls' })).toBe('not-handed-over@tls:connection/retry/tls-failed');
    expect(await tryOnce(refused, { secure: 'opportunistic' })).toBe('accepted');
  });

  it('fails when anything is said between the reply to STARTTLS and the handshake', async () => {
    const injected: SinkOptions = {
      tls: 'starttls',
      script: ({ stage }) =>
        stage === 'starttls' ? { reply: Buffer.from('220 Ready\r\n250-evil\r\n250 AUTH PLAIN\r\n') } : undefined,
    };
    for (const secure of ['starttls', 'opportunistic'] as const) {
      expect(await tryOnce(injected, { ...TRUSTED, secure })).toBe(
        'not-handed-over@tls:connection/retry/protocol-error',
      );
    }
  });

  it('to a server that speaks plain text fails without hanging', async () => {
    expect(await tryOnce({}, { secure: 'tls', timeoutMs: { ...FAST, connectMs: 300 } })).toMatch(
      /^not-handed-over@tls:connection\/retry\//,
    );
  });
});

describe('login', () => {
  const auth = (...mechanisms: string[]) => ({ mechanisms, ...USER, tokens: ['fresh'] });

  it.each(['PLAIN', 'LOGIN', 'CRAM-MD5'])(
    'with %s works with non-ASCII passwords, and is refused with a wrong one',
    async (mechanism) => {
      expect(await tryOnce({ auth: auth(mechanism) }, USER)).toBe('accepted');
      expect(await tryOnce({ auth: auth(mechanism) }, { ...USER, password: 'wrong' })).toBe(
        'not-handed-over@auth:account/disable-account/auth-failed',
      );
    },
  );

  it('keeps the password off a clear line where the server allows it, and takes PLAIN under TLS', async () => {
    await withRig({ auth: auth('PLAIN', 'LOGIN', 'CRAM-MD5') }, USER, async (rig) => {
      await sendAll(rig, mails(1));
      expect(rig.sink.commands[1]?.line).toBe('AUTH CRAM-MD5');
    });
    await withRig(
      { auth: auth('CRAM-MD5', 'LOGIN', 'PLAIN'), tls: 'implicit' },
      { ...TRUSTED, ...USER, secure: 'tls' },
      async (rig) => {
        await sendAll(rig, mails(1));
        expect(rig.sink.commands[1]?.line).toMatch(/^AUTH PLAIN /);
      },
    );
  });

  it('never sends a password over a line that opportunistic TLS did not encrypt', async () => {
    await withRig({ auth: auth('PLAIN') }, { ...USER, secure: 'opportunistic' }, async (rig) => {
      expect(await sendAll(rig, mails(1))).toEqual(['not-handed-over@auth']);
      expect(rig.sink.verbs()).toEqual(['EHLO']);
    });
  });

  it('with XOAUTH2 asks for another token when the first is refused', async () => {
    const asked: Array<string | undefined> = [];
    const getAccessToken = async (rejected?: string) => {
      asked.push(rejected);
      return rejected === undefined ? 'stale' : 'fresh';
    };
    expect(await tryOnce({ auth: auth('XOAUTH2') }, { username: USER.username, getAccessToken })).toBe('accepted');
    expect(asked).toEqual([undefined, 'stale']);
  });

  it('with XOAUTH2 gives up when the token stays refused, cannot be fetched, or never comes', async () => {
    const sink = { auth: auth('XOAUTH2') };
    const { username } = USER;
    expect(await tryOnce(sink, { username, getAccessToken: async () => 'stale' })).toBe(
      'not-handed-over@auth:account/disable-account/auth-failed',
    );
    const revoked = async () => await Promise.reject(new Error('invalid_grant'));
    expect(await tryOnce(sink, { username, getAccessToken: revoked })).toBe(
      'not-handed-over@auth:account/pause-account/token-unavailable',
    );
    const never = () => new Promise<string>(() => undefined);
    expect(await tryOnce(sink, { username, getAccessToken: never, timeoutMs: { ...FAST, connectMs: 100 } })).toBe(
      'not-handed-over@auth:account/pause-account/token-unavailable',
    );
    expect(await tryOnce(sink, { username, getAccessToken: async () => 'a\r\nQUIT' })).toBe(
      'not-handed-over@auth:account/pause-account/token-unavailable',
    );
  });

  it('fails when the server offers none that we know', async () => {
    expect(await tryOnce({}, USER)).toBe('not-handed-over@auth:account/disable-account/auth-not-offered');
    expect(await tryOnce({ auth: auth('GSSAPI') }, USER)).toBe(
      'not-handed-over@auth:account/disable-account/auth-not-offered',
    );
  });

  it('answers everything queued with the account failure, at once, and does not ask the server again and again', async () => {
    await withRig({ auth: auth('PLAIN') }, { ...USER, password: 'wrong', maxConnections: 3 }, async (rig) => {
      expect(await sendAll(rig, mails(50))).toEqual(Array(50).fill('not-handed-over@auth'));
      expect(await sendAll(rig, mails(50))).toEqual(Array(50).fill('not-handed-over@auth'));
      expect(rig.sink.connections).toBeLessThanOrEqual(3);
    });
  });

  it('treats a passing failure as a pause', async () => {
    const script: SinkOptions['script'] = ({ stage }) =>
      stage === 'auth' ? '454 4.7.0 Too many login attempts, please try again later.' : undefined;
    expect(await tryOnce({ auth: auth('PLAIN'), script }, USER)).toBe(
      'not-handed-over@auth:account/pause-account/too-many-logins',
    );
  });
});

describe('the greeting', () => {
  it('falls back to HELO where EHLO is not known', async () => {
    const script: SinkOptions['script'] = ({ stage }) => (stage === 'ehlo' ? '502 5.5.2 Unknown command' : undefined);
    await withRig({ script }, {}, async (rig) => {
      expect(await sendAll(rig, mails(3))).toEqual(Array(3).fill('accepted'));
      expect(rig.sink.verbs().slice(0, 3)).toEqual(['EHLO', 'HELO', 'MAIL']);
      expect(rig.sink.commands[2]?.line).toBe('MAIL FROM:<news@acme.test>');
    });
  });

  it.each([
    [
      'connect',
      '554 5.7.1 blocked using zen.spamhaus.org',
      'not-handed-over@greeting:identity/pause-account/blocklisted',
    ],
    [
      'connect',
      '421 4.7.0 Too many connections from your host',
      'not-handed-over@greeting:connection/throttle/too-many-connections',
    ],
    ['connect', 'SSH-2.0-OpenSSH_9.2', 'not-handed-over@greeting:connection/retry/protocol-error'],
    ['ehlo', '421 4.3.2 Shutting down', 'not-handed-over@hello:connection/retry/server-closing'],
  ] as const)('at %s with %s → %s', async (stage, reply, expected) => {
    expect(await tryOnce({ script: (at) => (at.stage === stage ? reply : undefined) }, {})).toBe(expected);
  });

  it.each([
    ['connect', 'close', 'not-handed-over@greeting:connection/retry/connection-lost'],
    ['connect', 'stall', 'not-handed-over@greeting:connection/retry/connection-timed-out'],
    ['ehlo', 'close', 'not-handed-over@hello:connection/retry/connection-lost'],
    ['ehlo', 'stall', 'not-handed-over@hello:connection/retry/connection-timed-out'],
  ] as const)('lost at %s by %s → %s', async (stage, after, expected) => {
    const script: SinkOptions['script'] = (at) => (at.stage === stage ? { reply: null, after } : undefined);
    expect(await tryOnce({ script }, { timeoutMs: { ...FAST, commandMs: 100 } })).toBe(expected);
  });

  it('says the name it is told, and its address where it has none', async () => {
    await withRig({}, { name: 'mail.acme.test' }, async (rig) => {
      await sendAll(rig, mails(1));
      expect(rig.sink.commands[0]?.line).toBe('EHLO mail.acme.test');
    });
  });
});

describe('connecting', () => {
  it('to nobody, to no name, and over a black hole fails with its reason', async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const { port } = closed.address() as import('node:net').AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    expect(await tryOnce({}, { port })).toBe('not-handed-over@connect:connection/retry/connection-refused');
    expect(await tryOnce({}, { host: 'no-such-host.invalid', timeoutMs: { ...FAST, connectMs: 5_000 } })).toBe(
      'not-handed-over@connect:connection/retry/host-not-found',
    );
  });

  it('finds the server on whichever address of the name it listens', async () => {
    for (const { address } of await lookup('localhost', { all: true })) {
      expect(await tryOnce({ host: address }, { host: 'localhost' })).toBe('accepted');
    }
    expect(await tryOnce({ host: '::1' }, { host: '::1', localAddress: '::1' })).toBe('accepted');
  });

  it('is given up when the transport closes, and nothing is left open', async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as import('node:net').AddressInfo;
    const transport = smtpTransport({ host: '127.0.0.1', port, secure: 'none' });
    const outcome = transport.send(mail('a@example.test'));
    await new Promise((resolve) => setTimeout(resolve, 50));
    await transport.close(0);
    expect(await outcome).toMatchObject({ kind: 'not-handed-over', class: { name: 'transport-closed' } });
    await new Promise((resolve) => silent.close(resolve));
  });
});
