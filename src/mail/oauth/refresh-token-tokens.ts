import { replyClass } from '../classify/reply-classes.ts';
import { AccessError } from './access-error.ts';
import { AccessTokens } from './access-tokens.ts';
import { TokenEndpoint, type TokenRefusal } from './token-endpoint.ts';

/** What somebody's consent has left: tokens are made from it until it is taken back. */
export interface RefreshTokenLogin {
  readonly provider: 'google' | 'microsoft';
  /** Of Microsoft: the directory's id or domain; `common` where it is not said. */
  readonly tenant?: string | undefined;
  readonly clientId: string;
  readonly clientSecret?: string | undefined;
  readonly refreshToken: string;
}

const ENDPOINTS = {
  // developers.google.com/identity/protocols/oauth2/web-server, "Refreshing an access token"
  google: () => 'https://oauth2.googleapis.com/token',
  // learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow, "Refresh the access token"
  microsoft: (tenant: string) => `https://login.microsoftonline.com/${tenant}/oauth2/v2.0/token`,
} as const;

/** learn.microsoft.com/exchange/client-developer/legacy-protocols/how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth */
const MICROSOFT_SCOPE = 'https://outlook.office.com/SMTP.Send offline_access';

/**
 * Access tokens from a refresh token. Microsoft gives another refresh token with every use: the latest is used from then on, and
 * told to `onRefreshToken`. `endpoint`: a base address instead of theirs.
 */
export function refreshTokenTokens(
  login: RefreshTokenLogin,
  endpoint?: URL,
  onRefreshToken?: (was: string, is: string) => void,
): AccessTokens {
  const { provider, tenant = 'common', clientId, clientSecret } = login;
  const own = new URL(ENDPOINTS[provider](tenant));
  const url = endpoint === undefined ? own : new URL(own.pathname, endpoint);
  const tokens = new TokenEndpoint(url, (refusal) => explain(provider, refusal));
  let { refreshToken } = login;
  return new AccessTokens(async () => {
    const given = await tokens.ask({
      grant_type: 'refresh_token',
      client_id: clientId,
      refresh_token: refreshToken,
      ...(clientSecret ? { client_secret: clientSecret } : {}),
      ...(provider === 'microsoft' ? { scope: MICROSOFT_SCOPE } : {}),
    });
    if (given.refreshToken !== null && given.refreshToken !== refreshToken) {
      onRefreshToken?.(refreshToken, given.refreshToken);
      refreshToken = given.refreshToken;
    }
    return given;
  });
}

const HELP: Readonly<Record<string, string>> = {
  invalid_grant:
    'The refresh token has expired or was taken back (a changed password and months without use do that, too): give consent again and enter the new one',
  invalid_client: 'The client id or secret is wrong, or the secret has expired: enter the one that is valid',
  unauthorized_client:
    'The application may not do this: allow it SMTP.Send, or https://mail.google.com/, and give consent again',
  interaction_required: 'Somebody has to log in once more: give consent again and enter the new refresh token',
  consent_required: 'Consent is missing: give it again and enter the new refresh token',
};

function explain(provider: string, { status, error, description }: TokenRefusal): AccessError {
  const words = description.slice(0, 300).split(/\r?\n/)[0] ?? '';
  const help = HELP[error] === undefined ? '' : `. ${HELP[error]}.`;
  const said = words === '' ? error : `${error}: ${words}`;
  const name = provider === 'google' ? 'Google' : 'Microsoft';
  return new AccessError(`${name} gave no access token (${said})${help}`, replyClass('auth-failed'), status);
}
