import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

export const DKIM_ALGORITHMS = ['rsa', 'ed25519'] as const;
export type DkimAlgorithm = (typeof DKIM_ALGORITHMS)[number];

/** A key as it is kept: PKCS #8 in PEM, to be sealed, and what its record says behind `p=`. */
export interface DkimKeyPair {
  readonly algorithm: DkimAlgorithm;
  readonly privatePem: string;
  readonly publicKey: string;
}

/** RFC 8301: at least 1024 bits, and 2048 where one can; longer ones do not fit into one UDP answer. */
const RSA_BITS = 2048;
const LEAST_RSA_BITS = 1024;

const makePair = promisify(generateKeyPair);

export async function generateDkimKey(algorithm: DkimAlgorithm): Promise<DkimKeyPair> {
  const { privateKey } =
    algorithm === 'rsa' ? await makePair('rsa', { modulusLength: RSA_BITS }) : await makePair('ed25519', {});
  return pairOf(algorithm, privateKey);
}

/** An own key in PEM (PKCS #8, or PKCS #1 as `openssl genrsa` and opendkim-genkey write it); throws RangeError in words. */
export function readDkimKey(pem: string): DkimKeyPair {
  const key = readPem(pem);
  if (key.asymmetricKeyType === 'ed25519') return pairOf('ed25519', key);
  if (key.asymmetricKeyType !== 'rsa') throw new RangeError('is neither an RSA nor an Ed25519 key');
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits < LEAST_RSA_BITS)
    throw new RangeError(`has ${bits} bits, and receivers refuse fewer than 1024 (RFC 8301): make one of 2048`);
  return pairOf('rsa', key);
}

function readPem(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new RangeError('is not a private key in PEM without a passphrase (-----BEGIN PRIVATE KEY-----)');
  }
}

function pairOf(algorithm: DkimAlgorithm, privateKey: KeyObject): DkimKeyPair {
  const der = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  return {
    algorithm,
    privatePem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    // RFC 8463 section 4: the 32 bytes of an Ed25519 key alone, which are the last of its SPKI.
    publicKey: (algorithm === 'rsa' ? der : der.subarray(-32)).toString('base64'),
  };
}
