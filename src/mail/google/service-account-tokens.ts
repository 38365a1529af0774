import { AccessTokens } from '../oauth/access-tokens.ts';
import { TokenEndpoint } from '../oauth/token-endpoint.ts';
import { signAssertion } from './assertion.ts';
import { explainRefusal } from './explain-refusal.ts';
import type { ServiceAccountKey } from './service-account-key.ts';

const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** Tokens with which a service account acts as one user, for one scope. `endpoint`: a base address instead of Google's. */
export function serviceAccountTokens(
  key: ServiceAccountKey,
  subject: string,
  scope: string,
  endpoint?: URL,
): AccessTokens {
  const url =
    endpoint === undefined ? new URL(key.tokenUri) : new URL(`${endpoint.pathname.replace(/\/$/, '')}/token`, endpoint);
  const asked = { clientId: key.clientId, subject, scope };
  const tokens = new TokenEndpoint(url, (refusal) => explainRefusal(refusal, asked));
  return new AccessTokens(() =>
    tokens.ask({ grant_type: GRANT, assertion: signAssertion(key, subject, scope, Date.now()) }),
  );
}
