import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { generateDkimKey, readDkimKey } from './key-pair.ts';
import { keyRecord, matchKeyRecord } from './key-record.ts';

describe('DKIM keys', () => {
  it('of both kinds are published in the form of their RFC, and read back as the same key', async () => {
    const rsa = await generateDkimKey('rsa');
    const ed25519 = await generateDkimKey('ed25519');
    expect(Buffer.from(rsa.publicKey, 'base64').length).toBe(294); // SPKI of RSA-2048
    expect(Buffer.from(ed25519.publicKey, 'base64').length).toBe(32); // RFC 8463 section 4
    for (const key of [rsa, ed25519]) expect(readDkimKey(key.privatePem)).toEqual(key);
  });

  it('that are too short, of another kind, or none are refused in words', () => {
    const pem = { type: 'pkcs8', format: 'pem' } as const;
    const short = generateKeyPairSync('rsa', { modulusLength: 768 }).privateKey.export(pem).toString();
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export(pem).toString();
    expect(() => readDkimKey(short)).toThrow(/768 bits.*1024/);
    expect(() => readDkimKey(other)).toThrow(/neither an RSA nor an Ed25519/);
    expect(() => readDkimKey('-----BEGIN NONSENSE-----')).toThrow(/not a private key in PEM/);
  });
});

describe('a published key record', () => {
  it.each([
    [keyRecord('rsa', 'AAAA'), 'same'],
    ['p=AA AA', 'same'],
    ['v=DKIM1; h=sha256; s=email; p=AAAA; t=y', 'same'],
    ['v=DKIM1; h=sha1; p=AAAA', 'other'],
    ['v=DKIM1; k=ed25519; p=AAAA', 'other'],
    ['v=DKIM1; k=rsa; p=BBBB', 'other'],
    ['v=DKIM1; p=', 'revoked'],
    ['v=spf1 -all', 'none'],
    ['v=DKIM2; p=AAAA', 'none'],
  ])('%s is told as %s', (text, match) => {
    expect(matchKeyRecord(text, 'rsa', 'AAAA')).toBe(match);
  });
});
