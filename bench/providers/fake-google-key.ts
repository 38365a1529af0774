import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';

/** A service account that the fake knows, with the file that Google would have made for it. */
export interface FakeServiceAccount {
  readonly clientEmail: string;
  readonly publicKey: KeyObject;
  /** The JSON file. */
  readonly json: string;
}

export const TOKEN_URI = 'https://oauth2.googleapis.com/token';

/** A new key pair for each: some 100 ms. */
export function makeServiceAccount(name = 'postrider'): FakeServiceAccount {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const clientEmail = `${name}@mail-project.iam.gserviceaccount.com`;
  const json = JSON.stringify({
    type: 'service_account',
    project_id: 'mail-project',
    private_key_id: '0123456789abcdef',
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    client_email: clientEmail,
    client_id: '112233445566778899000',
    auth_uri: 'https://accounts.google.com/o/oauth2/auth',
    token_uri: TOKEN_URI,
  });
  return { clientEmail, publicKey, json };
}

let usual: FakeServiceAccount | null = null;

/** One for all who need no key of their own in a process. */
export function usualServiceAccount(): FakeServiceAccount {
  usual ??= makeServiceAccount();
  return usual;
}

/** The one of another process, by its file. */
export function knowServiceAccount(json: string): void {
  const { client_email: clientEmail, private_key: key } = JSON.parse(json) as Record<string, string>;
  usual = { clientEmail: clientEmail ?? '', publicKey: createPublicKey(key ?? ''), json };
}
