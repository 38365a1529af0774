import { createPrivateKey } from 'node:crypto';
import type { AccountRow } from '../db/accounts.ts';
import { listActiveKeys, type SigningKeyRow } from '../db/dkim-keys.ts';
import { withParents } from '../domain/domain-name.ts';
import { AppError } from '../errors.ts';
import { Cached } from '../lib/cached.ts';
import { DkimSigner, type MessageSigner } from '../mail/dkim/signer.ts';
import type { Core } from './context.ts';

type KeyCore = Pick<Core, 'db' | 'secrets'>;

/** The keys that sign for a workspace, opened, and looked up again after a moment. */
export class SigningKeys {
  readonly #signers: Cached<ReadonlyMap<string, MessageSigner>>;

  constructor(core: KeyCore, freshMs: number) {
    this.#signers = new Cached((workspaceId) => openSigners(core, workspaceId), freshMs);
  }

  /** Null where neither the domain nor one above it has a key of the workspace that signs. Throws CREDENTIALS_UNREADABLE. */
  async signerFor(workspaceId: string, domain: string): Promise<MessageSigner | null> {
    return nearest(await this.#signers.get(workspaceId), domain);
  }
}

/** For a message or two through an account, outside of a campaign. */
export async function findSigner(
  core: KeyCore,
  account: Pick<AccountRow, 'workspaceId' | 'type'>,
  domain: string,
): Promise<MessageSigner | null> {
  return account.type === 'smtp' ? nearest(await openSigners(core, account.workspaceId), domain) : null;
}

/** That of the domain itself or of the nearest one above it: DMARC takes both for the same (RFC 9989 section 4.4.1). */
function nearest(signers: ReadonlyMap<string, MessageSigner>, domain: string): MessageSigner | null {
  for (const name of withParents(domain)) {
    const signer = signers.get(name);
    if (signer) return signer;
  }
  return null;
}

async function openSigners(core: KeyCore, workspaceId: string): Promise<Map<string, MessageSigner>> {
  const keys = await listActiveKeys(core.db.sql, workspaceId);
  const domains = new Set(keys.map(({ domain }) => domain));
  return new Map(
    [...domains].map(
      (name) =>
        [
          name,
          signerOf(
            core,
            keys.filter(({ domain }) => domain === name),
          ),
        ] as const,
    ),
  );
}

function signerOf(core: KeyCore, rows: readonly SigningKeyRow[]): MessageSigner {
  // RSA first: who knows only one kind looks at the first signature that they know.
  const ordered = rows.toSorted((a, b) => b.algorithm.localeCompare(a.algorithm));
  return new DkimSigner(
    ordered.map((row) => ({ domain: row.domain, selector: row.selector, privateKey: openKey(core, row) })),
  );
}

function openKey({ secrets }: KeyCore, { domain, privateKey, keyId }: SigningKeyRow) {
  try {
    return createPrivateKey(secrets.open(privateKey));
  } catch (error) {
    throw new AppError(
      'CREDENTIALS_UNREADABLE',
      `The DKIM key of ${domain} was stored under another APP_SECRET (key ${keyId}, now ${secrets.keyId}). Start with the old APP_SECRET, or remove the domain and add it again. Nothing is sent from it meanwhile.`,
      { cause: error },
    );
  }
}
