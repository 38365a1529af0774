import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';

/**
 * Seals small secrets (passwords of sending accounts) with AES-256-GCM. The key comes from APP_SECRET by HKDF-SHA256;
 * its id is stored beside every sealed value, so that a changed secret is noticed instead of failing as garbage.
 * Layout of a sealed value: 12 bytes nonce, 16 bytes tag, ciphertext.
 */
export class SecretBox {
  readonly keyId: string;
  readonly #key: Buffer;

  constructor(appSecret: string) {
    this.#key = deriveKey(appSecret, 'postrider credentials v1');
    this.keyId = createHash('sha256').update(this.#key).digest('hex').slice(0, 12);
  }

  seal(plain: string): Buffer {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce);
    const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), body]);
  }

  /** Throws when the value was sealed with another key or was changed. */
  open(sealed: Buffer): string {
    const decipher = createDecipheriv('aes-256-gcm', this.#key, sealed.subarray(0, 12));
    decipher.setAuthTag(sealed.subarray(12, 28));
    return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]).toString('utf8');
  }
}

/** A key for one purpose, so that one secret serves several without one use weakening another (RFC 5869). */
export function deriveKey(appSecret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', appSecret, '', purpose, 32));
}
