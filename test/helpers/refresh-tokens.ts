import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** Token endpoints of Google and Microsoft, for refresh tokens (RFC 6749 section 6). */
export class RefreshTokenEndpoint {
  /** The refresh token that is good; null: consent was taken back. */
  refreshToken: string | null = 'refresh-1';
  /** Every use gives another one, as Microsoft does. */
  rotates = false;
  lifeS = 3600;
  /** Access tokens that were given, the latest last. */
  readonly given: string[] = [];
  readonly forms: Array<{ readonly path: string; readonly form: URLSearchParams }> = [];
  readonly #server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const form = new URLSearchParams(Buffer.concat(chunks).toString());
      this.forms.push({ path: request.url ?? '', form });
      const answer = this.#answer(form);
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
    });
  });

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => {
      this.#server.listen(0, '127.0.0.1', resolve);
    });
    return this;
  }

  get url(): URL {
    return new URL(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => {
      this.#server.close(resolve);
    });
  }

  #answer(form: URLSearchParams): { status: number; body: object } {
    if (form.get('client_secret') !== 'secret') return { status: 401, body: { error: 'invalid_client' } };
    if (form.get('grant_type') !== 'refresh_token' || form.get('refresh_token') !== this.refreshToken)
      return {
        status: 400,
        body: { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' },
      };
    const access = `access-${this.given.length + 1}`;
    this.given.push(access);
    if (this.rotates) this.refreshToken = `refresh-${this.given.length + 1}`;
    return {
      status: 200,
      body: {
        access_token: access,
        expires_in: this.lifeS,
        token_type: 'Bearer',
        ...(this.rotates && { refresh_token: this.refreshToken }),
      },
    };
  }
}
