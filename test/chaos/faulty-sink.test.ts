import net from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { CopyLog } from '../../bench/chaos/copy-log.ts';
import { FaultySink } from '../../bench/chaos/faulty-sink.ts';
import { CUT_STAGES, type CutStage, type SinkFault } from '../../bench/chaos/sink-fault.ts';

let log: CopyLog;
let sink: FaultySink;
let port: number;
const sockets: net.Socket[] = [];

beforeEach(async () => {
  log = new CopyLog();
  sink = new FaultySink(0, 0, log);
  port = await sink.listen();
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await sink.close();
});

/** Sends one message, however the server takes it, and answers all it said before it ended the connection. */
async function talk(recipient: string): Promise<string> {
  const socket = net.connect(port, '127.0.0.1');
  sockets.push(socket);
  let said = '';
  let step = 0;
  const steps: Array<[RegExp, string]> = [
    [/^220 /m, 'EHLO a\r\n'],
    [/^250 SMTPUTF8/m, `MAIL FROM:<a@b.test>\r\nRCPT TO:<${recipient}>\r\nDATA\r\n`],
    [/^354 |^503 /m, `To: ${recipient}\r\n\r\nHello\r\n.\r\nQUIT\r\n`],
  ];
  socket.on('data', (chunk) => {
    said += chunk.toString();
    const next = steps[step];
    if (next?.[0].test(said)) {
      step++;
      socket.write(next[1]);
    }
  });
  socket.on('error', () => {});
  await new Promise((resolve) => socket.once('close', resolve));
  return said;
}

const cut = (stage: CutStage, manner: 'fin' | 'rst'): SinkFault => ({
  kind: 'cut',
  account: 0,
  ms: 60_000,
  stage,
  manner,
  connections: 1,
});

it('keeps every message with its recipient and its own time when all is well', async () => {
  expect(await talk('ann@example.test')).toContain('250 2.0.0 Ok: kept');
  expect(log.received).toMatchObject([
    { recipient: 'ann@example.test', fate: 'kept', rightContent: true, replied: true, connection: 1 },
  ]);
  expect(log.received[0]?.at).toBeGreaterThanOrEqual(log.received[0]?.begunAt ?? Number.NaN);
});

it.each(CUT_STAGES.flatMap((stage) => [[stage, 'fin'] as const, [stage, 'rst'] as const]))(
  'cuts once at %s (%s), and knows whether a message is in doubt',
  async (stage, manner) => {
    const ended = sink.inflict(cut(stage, manner));
    await talk('ann@example.test');
    const isOpen = stage === 'body' || stage === 'dot-lost' || stage === 'dot-kept';
    const isOvertaken = stage === 'reply' && manner === 'rst';
    expect(await ended).toEqual({ hits: 1, inDoubt: isOpen || isOvertaken ? 1 : 0 });
    expect(log.kept).toBe(stage === 'dot-kept' || stage === 'reply' ? 1 : 0);
    expect(log.received.filter(({ fate }) => fate === 'dropped')).toHaveLength(stage === 'dot-lost' ? 1 : 0);
    expect(await talk('bob@example.test')).toContain('250 2.0.0 Ok: kept');
  },
);

it('refuses the chosen share, and does not keep what it refused behind the dot', async () => {
  const refuse = { kind: 'refuse', account: 0, ms: 1000, reply: '554 5.0.0 No', share: 1, salt: 1 } as const;
  const ended = sink.inflict({ ...refuse, stage: 'dot' });
  expect(await talk('ann@example.test')).toContain('554 5.0.0 No');
  expect(log.received).toMatchObject([{ fate: 'refused' }]);
  expect(await ended).toEqual({ hits: 1, inDoubt: 0 });
});

it.each(['split', 'drip'] as const)('says the same when it speaks in pieces (%s)', async (manner) => {
  const ended = sink.inflict({ kind: 'speech', account: 0, ms: 1500, manner });
  const said = await talk('ann@example.test');
  expect(said).toContain('250-PIPELINING\r\n250-8BITMIME\r\n');
  await ended;
});

it('is silent without a FIN, and goes on where it was', async () => {
  const ended = sink.inflict({ kind: 'silence', account: 0, ms: 500, afterwards: 'go-on' });
  const said = talk('ann@example.test');
  expect(await ended).toMatchObject({ inDoubt: 0 });
  expect(await said).toContain('250 2.0.0 Ok: kept');
});
