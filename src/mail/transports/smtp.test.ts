import { spawn } from 'node:child_process';
import type { AddressInfo } from 'node:net';
import nodemailer from 'nodemailer';
import { SMTPServer } from 'smtp-server';
import { describe, expect, it } from 'vitest';
import { FAST, mail, mails, sendAll, withRig } from '../../../test/helpers/smtp-client.ts';
import { SINK_CERTIFICATE } from '../../../test/helpers/smtp-sink-certificate.ts';
import { smtpTransport } from './smtp.ts';

describe('verify', () => {
  it('tells what the server offers and that the login works, and sends nothing', async () => {
    const login = { username: 'bob', password: 'secret' };
    const sink = { tls: 'starttls', auth: { mechanisms: ['PLAIN'], ...login } } as const;
    await withRig(
      sink,
      { ...login, host: 'localhost', secure: 'starttls', tls: { ca: SINK_CERTIFICATE } },
      async (rig) => {
        expect(await rig.transport.verify()).toEqual({
          ok: true,
          stage: 'ready',
          greeting: 'sink ESMTP',
          extensions: ['PIPELINING', '8BITMIME', 'SMTPUTF8', 'ENHANCEDSTATUSCODES', 'SIZE', 'AUTH'],
          tls: { protocol: 'TLSv1.3', cipher: expect.any(String) },
          authenticated: true,
          message: 'ready to send',
        });
        await expect.poll(() => rig.sink.sessions.size).toBe(0);
        expect(rig.sink.verbs()).toEqual(['EHLO', 'STARTTLS', 'EHLO', 'AUTH', 'QUIT']);
      },
    );
  });

  it('tells how far it came when it fails', async () => {
    const sink = { auth: { mechanisms: ['PLAIN'], username: 'bob', password: 'other' } };
    await withRig(sink, { username: 'bob', password: 'secret' }, async ({ transport }) => {
      expect(await transport.verify()).toMatchObject({
        ok: false,
        stage: 'auth',
        greeting: 'sink ESMTP',
        extensions: expect.arrayContaining(['PIPELINING', 'AUTH']),
        authenticated: false,
        message: '535 5.7.8 Username and Password not accepted',
      });
    });
    const nobody = smtpTransport({ host: '127.0.0.1', port: 1, secure: 'none' });
    expect(await nobody.verify()).toMatchObject({ ok: false, stage: 'connect', extensions: [], authenticated: false });
    await nobody.close();
  });
});

describe('the transport', () => {
  it('can hold two messages a connection', () => {
    expect(smtpTransport({ host: 'localhost', port: 25, secure: 'none', maxConnections: 7 }).capacity).toBe(14);
  });

  it('carries 2,000 messages over 10 connections, each once', async () => {
    await withRig({}, { maxConnections: 10, maxMessagesPerConnection: 60 }, async (rig) => {
      const outcomes = await sendAll(rig, mails(2_000));
      expect(outcomes.every((one) => one === 'accepted')).toBe(true);
      expect(rig.sink.copiesByRecipient().size).toBe(2_000);
      expect(rig.sink.accepted).toHaveLength(2_000);
      expect(rig.sink.peakConnections).toBeLessThanOrEqual(10);
    });
  });

  it('lets the process end after close, and with nothing to do', async () => {
    await withRig({}, {}, async ({ sink }) => {
      const code = `
        const { smtpTransport } = await import('./src/mail/transports/smtp.ts');
        const transport = smtpTransport({ host: '127.0.0.1', port: ${sink.port}, secure: 'none' });
        const outcome = await transport.send({ envelopeFrom: 'a@b', envelopeTo: 'c@d', content: Buffer.from('a') });
        await transport.close();
        console.log(outcome.kind);`;
      const { build } = await import('esbuild');
      const bundle = await build({
        stdin: { contents: code, resolveDir: process.cwd() },
        bundle: true,
        platform: 'node',
        format: 'esm',
        write: false,
      });
      const child = spawn(process.execPath, ['--input-type=module', '-e', bundle.outputFiles[0]?.text ?? ''], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let output = '';
      child.stdout.on('data', (chunk: Buffer) => {
        output += chunk.toString();
      });
      const exit = await new Promise((resolve) => child.on('close', resolve));
      expect([exit, output.trim()]).toEqual([0, 'accepted']);
    });
  });
});

describe('against other people’s software', () => {
  it('delivers byte-equal to smtp-server what nodemailer composed, with TLS and AUTH', async () => {
    const got = new Map<string, Buffer>();
    const server = new SMTPServer({
      secure: false,
      authMethods: ['PLAIN', 'LOGIN'],
      onAuth: ({ username, password }, _session, done) => {
        if (username === 'bob' && password === 'secret') done(null, { user: 'bob' });
        else done(new Error('no'));
      },
      onData: (stream, session, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          got.set(session.envelope.rcptTo[0]?.address ?? '', Buffer.concat(chunks));
          done();
        });
      },
      logger: false,
    });
    server.on('error', () => undefined);
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.server.address() as AddressInfo;
    const composer = nodemailer.createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
    const transport = smtpTransport({
      host: '127.0.0.1',
      port,
      secure: 'starttls',
      username: 'bob',
      password: 'secret',
      maxConnections: 3,
      timeoutMs: FAST,
      tls: { rejectUnauthorized: false },
    });
    const messages = await Promise.all(
      Array.from({ length: 60 }, async (_, i) => {
        const text = `.hidden dot\n..\nLine ${i} ${'ü'.repeat(i)}\n.`;
        const composed = await composer.sendMail({
          from: 'news@acme.test',
          to: `u${i}@example.test`,
          subject: `N° ${i}`,
          text,
          html: `<p>${text}</p>`,
        });
        return mail(`u${i}@example.test`, composed.message as Buffer);
      }),
    );
    const outcomes = await Promise.all(messages.map((message) => transport.send(message)));
    expect(outcomes.map(({ kind }) => kind)).toEqual(Array(60).fill('accepted'));
    for (const { envelopeTo, content } of messages) {
      expect(got.get(envelopeTo)?.toString('latin1').trimEnd()).toBe(content.toString('latin1').trimEnd());
    }
    await transport.close();
    await new Promise<void>((resolve) => {
      server.close(resolve);
    });
  });
});
