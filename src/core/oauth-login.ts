import type { AccountChange } from '../contract/accounts.ts';
import { SMTP_SCOPE } from '../mail/google/scopes.ts';
import { readServiceAccountKey, type ServiceAccountKey } from '../mail/google/service-account-key.ts';
import { serviceAccountTokens } from '../mail/google/service-account-tokens.ts';
import { refreshTokenTokens } from '../mail/oauth/refresh-token-tokens.ts';
import type { SmtpTransportOptions } from '../mail/smtp/options.ts';
import { readEndpoint } from './account-endpoint.ts';
import { invalid } from './content.ts';
import type { Credentials, OpenWay, WayOut } from './transports.ts';

/** What of an OAuth login is no secret, as the column `oauth` holds it. */
export type OauthColumn =
  | { readonly clientEmail: string; readonly clientId: string }
  | { readonly provider: 'google' | 'microsoft'; readonly tenant?: string; readonly clientId: string };

type Given = Pick<AccountChange, 'serviceAccountKey' | 'oauth'>;

/** The secrets of an OAuth login as they were given, and what may be shown of them; null when none were. Throws VALIDATION. */
export function readOauthLogin({
  serviceAccountKey,
  oauth,
}: Given): { secrets: Credentials; shown: OauthColumn } | null {
  if (typeof serviceAccountKey === 'string') {
    if (oauth) throw invalid('oauth', 'cannot be given together with serviceAccountKey: choose one of them');
    const { clientEmail, clientId } = readKey(serviceAccountKey);
    return { secrets: { serviceAccountKey }, shown: { clientEmail, clientId } };
  }
  if (!oauth) return null;
  const { provider, tenant, clientId, clientSecret, refreshToken } = oauth;
  const secrets = { refreshToken, ...(clientSecret === undefined ? {} : { clientSecret }) };
  return { secrets, shown: { provider, clientId, ...(tenant === undefined ? {} : { tenant }) } };
}

function readKey(text: string): ServiceAccountKey {
  try {
    return readServiceAccountKey(text);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw invalid('serviceAccountKey', error.message.replace(/^serviceAccountKey /, ''));
  }
}

/** How an SMTP account logs in. Throws TypeError for a login that can never work. */
export function smtpLogin(
  account: Pick<WayOut, 'auth' | 'oauth' | 'endpoint' | 'host' | 'secure'>,
  credentials: Credentials,
  onRefreshToken?: OpenWay['onRefreshToken'],
): Pick<SmtpTransportOptions, 'username' | 'password' | 'getAccessToken'> {
  const { username, password, serviceAccountKey, refreshToken, clientSecret } = credentials;
  if (account.auth !== 'xoauth2')
    return { ...(username === undefined ? {} : { username }), ...(password === undefined ? {} : { password }) };
  if (account.secure === 'none' && !/^(?:localhost|127\.|\[?::1)/.test(account.host ?? ''))
    throw new TypeError('secure must be starttls or tls: an access token must not be sent in clear');
  const user = username ?? '';
  const endpoint = account.endpoint === null ? undefined : readEndpoint(account.endpoint);
  const shown = account.oauth as unknown as OauthColumn | null;
  const tokens =
    serviceAccountKey !== undefined
      ? serviceAccountTokens(readServiceAccountKey(serviceAccountKey), user, SMTP_SCOPE, endpoint)
      : shown !== null && 'provider' in shown && refreshToken !== undefined
        ? refreshTokenTokens({ ...shown, clientSecret, refreshToken }, endpoint, onRefreshToken)
        : null;
  if (tokens === null) throw new TypeError('oauth is missing: a login with xoauth2 needs it, or a serviceAccountKey');
  return { username: user, getAccessToken: (rejected) => tokens.get(rejected) };
}
