import dgram from 'node:dgram';
import { once } from 'node:events';

const TYPE = { A: 1, MX: 15, AAAA: 28 } as const;
const NO_SUCH_NAME = 3;
const SERVER_FAILURE = 2;

/** What a domain has: mail servers, addresses, or nothing; `'fails'`: the server cannot say. A name that is not here does not exist. */
export type Zone = Readonly<
  Record<string, { readonly mx?: readonly string[]; readonly a?: readonly string[] } | 'fails'>
>;

/** Answers questions about MX, A and AAAA records over UDP (RFC 1035), on a loopback port of its own. */
export class DnsServer {
  readonly #socket: dgram.Socket;
  questions = 0;

  static async start(zone: Zone): Promise<DnsServer> {
    const socket = dgram.createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new DnsServer(socket, zone);
  }

  private constructor(socket: dgram.Socket, zone: Zone) {
    this.#socket = socket;
    socket.on('message', (query, { port, address }) => {
      this.questions++;
      socket.send(answer(query, zone), port, address);
    });
  }

  get address(): string {
    return `127.0.0.1:${this.#socket.address().port}`;
  }

  async stop(): Promise<void> {
    const closed = once(this.#socket, 'close');
    this.#socket.close();
    await closed;
  }
}

function answer(query: Buffer, zone: Zone): Buffer {
  const end = query.indexOf(0, 12) + 5;
  const question = query.subarray(12, end);
  const records = zone[nameIn(question)];
  const code = records === undefined ? NO_SUCH_NAME : records === 'fails' ? SERVER_FAILURE : 0;
  const found = typeof records === 'object' ? dataOf(records, question.readUInt16BE(question.length - 4)) : [];
  const header = Buffer.alloc(12);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(0x8180 | code, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(found.length, 6);
  const type = question.subarray(-4, -2);
  return Buffer.concat([header, question, ...found.map((data) => record(type, data))]);
}

function dataOf(records: Exclude<Zone[string], 'fails'>, type: number): Buffer[] {
  if (type === TYPE.MX) return (records.mx ?? []).map((name) => Buffer.concat([Buffer.from([0, 10]), encoded(name)]));
  if (type === TYPE.A) return (records.a ?? []).map((text) => Buffer.from(text.split('.').map(Number)));
  return [];
}

/** The name is that of the question, the class IN, the time to live a minute. */
function record(type: Buffer, data: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(data.length);
  return Buffer.concat([Buffer.from([0xc0, 12]), type, Buffer.from([0, 1, 0, 0, 0, 60]), length, data]);
}

function encoded(name: string): Buffer {
  const labels = name.split('.').filter((label) => label !== '');
  return Buffer.concat([
    ...labels.map((label) => Buffer.from([label.length, ...Buffer.from(label)])),
    Buffer.from([0]),
  ]);
}

function nameIn(question: Buffer): string {
  const labels: string[] = [];
  for (let at = 0; question[at] !== 0; at += (question[at] ?? 0) + 1)
    labels.push(question.toString('latin1', at + 1, at + 1 + (question[at] ?? 0)));
  return labels.join('.').toLowerCase();
}
