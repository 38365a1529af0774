import { createHash, createSign, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';

/** What the tests may make an authenticator do wrong. */
export interface Faults {
  readonly origin?: string;
  readonly challenge?: string;
  readonly rpId?: string;
  readonly counter?: number;
  /** The person was not asked for a fingerprint or PIN. */
  readonly unverified?: boolean;
  readonly wrongKey?: boolean;
}

interface CreationOptions {
  readonly challenge: string;
  readonly rp: { readonly id: string };
  readonly user: { readonly id: string };
}

interface RequestOptions {
  readonly challenge: string;
  readonly rpId: string;
}

const PRESENT = 0x01;
const VERIFIED = 0x04;
const HAS_CREDENTIAL = 0x40;

/**
 * An authenticator with one passkey: ES256, attestation "none" (WebAuthn Level 3, sections 6.1 and 6.5). Its answers are
 * made by hand, so that each part of them can be wrong.
 */
export class Authenticator {
  readonly #origin: string;
  readonly #id = randomBytes(16);
  #keys = makeKeys();
  #userHandle = '';
  #counter = 0;

  constructor(origin: string) {
    this.#origin = origin;
  }

  get credentialId(): string {
    return this.#id.toString('base64url');
  }

  create(options: object, faults: Faults = {}): object {
    const { challenge, rp, user } = options as CreationOptions;
    this.#userHandle = user.id;
    const clientData = this.#clientData('webauthn.create', challenge, faults);
    const id = Buffer.alloc(2);
    id.writeUInt16BE(this.#id.length);
    const credential = Buffer.concat([Buffer.alloc(16), id, this.#id, coseKey(this.#keys.publicKey)]);
    const data = Buffer.concat([this.#authenticatorData(faults.rpId ?? rp.id, HAS_CREDENTIAL, faults), credential]);
    const attestation = cborMap([
      [cborText('fmt'), cborText('none')],
      [cborText('attStmt'), cborMap([])],
      [cborText('authData'), cborBytes(data)],
    ]);
    return this.#answer({
      clientDataJSON: clientData.toString('base64url'),
      attestationObject: attestation.toString('base64url'),
      transports: ['internal'],
    });
  }

  get(options: object, faults: Faults = {}): object {
    const { challenge, rpId } = options as RequestOptions;
    const clientData = this.#clientData('webauthn.get', challenge, faults);
    this.#counter = faults.counter ?? this.#counter + 1;
    const data = this.#authenticatorData(faults.rpId ?? rpId, 0, faults);
    const signer = createSign('sha256').update(data).update(createHash('sha256').update(clientData).digest());
    const key = faults.wrongKey ? makeKeys().privateKey : this.#keys.privateKey;
    return this.#answer({
      clientDataJSON: clientData.toString('base64url'),
      authenticatorData: data.toString('base64url'),
      signature: signer.sign(key).toString('base64url'),
      userHandle: this.#userHandle,
    });
  }

  #answer(response: object): object {
    const id = this.credentialId;
    return { id, rawId: id, type: 'public-key', response, clientExtensionResults: {} };
  }

  #clientData(type: string, challenge: string, faults: Faults): Buffer {
    const origin = faults.origin ?? this.#origin;
    return Buffer.from(JSON.stringify({ type, challenge: faults.challenge ?? challenge, origin, crossOrigin: false }));
  }

  #authenticatorData(rpId: string, flags: number, faults: Faults): Buffer {
    const rest = Buffer.alloc(5);
    rest.writeUInt8(PRESENT | (faults.unverified ? 0 : VERIFIED) | flags, 0);
    rest.writeUInt32BE(this.#counter, 1);
    return Buffer.concat([createHash('sha256').update(rpId).digest(), rest]);
  }
}

function makeKeys(): { publicKey: KeyObject; privateKey: KeyObject } {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

/** COSE_Key of an ES256 key (RFC 9053 sections 2.1 and 7.1). */
function coseKey(key: KeyObject): Buffer {
  const { x = '', y = '' } = key.export({ format: 'jwk' });
  return cborMap([
    [cborInteger(1), cborInteger(2)],
    [cborInteger(3), cborInteger(-7)],
    [cborInteger(-1), cborInteger(1)],
    [cborInteger(-2), cborBytes(Buffer.from(x, 'base64url'))],
    [cborInteger(-3), cborBytes(Buffer.from(y, 'base64url'))],
  ]);
}

/** RFC 8949: as much of it as there is above. */
function cborHead(major: number, value: number): Buffer {
  if (value < 24) return Buffer.from([(major << 5) | value]);
  if (value < 256) return Buffer.from([(major << 5) | 24, value]);
  const head = Buffer.from([(major << 5) | 25, 0, 0]);
  head.writeUInt16BE(value, 1);
  return head;
}

function cborInteger(value: number): Buffer {
  return value < 0 ? cborHead(1, -1 - value) : cborHead(0, value);
}

function cborBytes(bytes: Buffer): Buffer {
  return Buffer.concat([cborHead(2, bytes.length), bytes]);
}

function cborText(text: string): Buffer {
  return Buffer.concat([cborHead(3, Buffer.byteLength(text)), Buffer.from(text)]);
}

function cborMap(entries: ReadonlyArray<readonly [Buffer, Buffer]>): Buffer {
  return Buffer.concat([cborHead(5, entries.length), ...entries.flat()]);
}
