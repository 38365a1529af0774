import fs from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { LOGIN } from './mail-server.ts';

const HELLO = [
  'VERSION\t1\t2',
  'MECH\tPLAIN\tplaintext',
  'SPID\t1',
  'CUID\t1',
  'COOKIE\t0123456789abcdef0123456789abcdef',
  'DONE',
  '',
].join('\n');

/**
 * What Postfix asks about a login when it has no user database of its own: the server's side of Dovecot's authentication
 * protocol 1.2 (doc.dovecot.org, "Dovecot Authentication Protocol"), for one user and PLAIN.
 */
export class DovecotAuth {
  private readonly sockets = new Set<Socket>();
  private readonly server: Server = createServer((socket) => this.serve(socket));

  async listen(path: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(path, resolve);
    });
    fs.chmodSync(path, 0o666);
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private serve(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    socket.on('error', () => undefined);
    let unread = '';
    socket.on('data', (chunk: Buffer) => {
      unread += chunk.toString('latin1');
      const lines = unread.split('\n');
      unread = lines.pop() ?? '';
      for (const line of lines) if (line.startsWith('AUTH\t')) socket.write(verdict(line.split('\t')));
    });
    socket.write(HELLO);
  }
}

function verdict([, id, , ...parameters]: readonly string[]): string {
  const response = parameters.find((one) => one.startsWith('resp='))?.slice('resp='.length) ?? '';
  const good = Buffer.from(response, 'base64').toString() === `\0${LOGIN.username}\0${LOGIN.password}`;
  return `${good ? 'OK' : 'FAIL'}\t${id}\tuser=${LOGIN.username}\n`;
}
