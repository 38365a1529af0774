import { createPrivateKey } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { DKIM_ALGORITHMS, type DkimKeyPair, generateDkimKey } from '../src/mail/dkim/key-pair.ts';
import { keyRecord, keyRecordName } from '../src/mail/dkim/key-record.ts';
import { DkimSigner } from '../src/mail/dkim/signer.ts';
import { asSent, handMadeMessages } from './helpers/hand-made-messages.ts';
import { missingOpendkim, verifyByOpendkim } from './helpers/mail-servers/opendkim.ts';
import { runsHere } from './helpers/runs-here.ts';
import { variedMessages } from './helpers/varied-messages.ts';

const DOMAIN = 'acme.test';
const GENERATED = 1000;
const BOTH_PASS = ['rsa-sha256: pass', 'ed25519-sha256: pass'];

describe.runIf(runsHere('signatures checked by OpenDKIM', missingOpendkim()))('Signed messages, to OpenDKIM', () => {
  const pairs: DkimKeyPair[] = [];
  let records: Record<string, string> = {};

  beforeAll(async () => {
    for (const algorithm of DKIM_ALGORITHMS) pairs.push(await generateDkimKey(algorithm));
    records = Object.fromEntries(
      pairs.map(({ algorithm, publicKey }) => [keyRecordName(algorithm, DOMAIN), keyRecord(algorithm, publicKey)]),
    );
  });

  const signer = (): DkimSigner =>
    new DkimSigner(
      pairs.map(({ algorithm, privatePem }) => ({
        domain: DOMAIN,
        selector: algorithm,
        privateKey: createPrivateKey(privatePem),
      })),
    );

  it('are good, every one of a thousand that the compiler made, with both kinds of key', {
    timeout: 120_000,
  }, async () => {
    const made = variedMessages(GENERATED);
    const signed = await Promise.all(made.map(({ content }) => signer().sign(content)));
    const verdicts = verifyByOpendkim(signed, records);
    const bad = verdicts.flatMap((found, i) => (found.join() === BOTH_PASS.join() ? [] : [{ i, found }]));
    expect(bad).toEqual([]);
    expect(verdicts).toHaveLength(GENERATED);
  });

  it('are good with empty bodies, folded and doubled headers, tabs, and white space at line ends', async () => {
    const messages = awkward();
    const signed = await Promise.all(messages.map((message) => signer().sign(message)));
    for (const found of verifyByOpendkim(signed, records)) expect(found).toEqual(BOTH_PASS);
  });

  it('are bad once anything in them was changed, or a second From or List-Unsubscribe was added', async () => {
    const [message] = variedMessages(1);
    const good = (await signer().sign(message?.content ?? Buffer.alloc(0))).toString('latin1');
    const changed = [
      good.replace('Feedback-ID: c1', 'Feedback-ID: c2'),
      good.replace('\r\nFrom: ', '\r\nFrom: Eve <eve@evil.test>\r\nFrom: '),
      good.replace('\r\nFrom: ', '\r\nList-Unsubscribe: <https://evil.test/>\r\nFrom: '),
      `${good}And one line more.\r\n`,
    ];
    for (const text of changed) expect(text).not.toBe(good);
    const verdicts = verifyByOpendkim(
      changed.map((text) => Buffer.from(text, 'latin1')),
      records,
    );
    for (const found of verdicts) expect(found).toEqual(['rsa-sha256: fail', 'ed25519-sha256: fail']);
  });
});

function awkward(): Buffer[] {
  const head = 'From: a@acme.test\r\nTo: b@example.test\r\nDate: Sun, 22 Nov 2026 14:05:01 +0000\r\n';
  return [
    `${head}Subject: nothing\r\n\r\n`,
    `${head}Subject: empty lines\r\n\r\n\r\n\r\n\r\n`,
    `${head}Subject: spaces\r\n\r\n   \r\n\t \r\nx  y\t\tz  \r\n \r\n\r\n`,
    `${head}Subject:   folded\r\n\t twice \r\n  over \r\n\r\nbody\r\n`,
    `${head}subject:odd name\r\nList-Id: one\r\nList-Id: two\r\n\r\nbody\r\n`,
    ...handMadeMessages().map(({ content }) => asSent(content).toString('latin1')),
  ].map((text) => Buffer.from(text, 'latin1'));
}
