import { createHmac } from 'node:crypto';
import { messageOf } from '../../errors.ts';
import { replyClass } from '../classify/reply-classes.ts';
import { AccessError } from '../oauth/access-error.ts';
import type { Dialogue, DialogueReply } from './dialogue.ts';
import { SmtpFailure } from './failure.ts';
import type { SmtpCredentials } from './options.ts';

type PasswordCredentials = Extract<SmtpCredentials, { kind: 'password' }>;
type TokenCredentials = Extract<SmtpCredentials, { kind: 'token' }>;

/** Under TLS the plainest is the most reliable; without it, CRAM-MD5 at least keeps the password off the wire. */
const UNDER_TLS = ['PLAIN', 'LOGIN', 'CRAM-MD5'] as const;
const IN_CLEAR = ['CRAM-MD5', 'PLAIN', 'LOGIN'] as const;

/** Logs in (RFC 4954) or throws SmtpFailure of stage `auth`. */
export async function authenticate(
  credentials: SmtpCredentials,
  offered: ReadonlySet<string>,
  dialogue: Dialogue,
  line: { readonly encrypted: boolean; readonly tokenMs: number },
): Promise<void> {
  const session = new AuthSession(dialogue, line.tokenMs);
  if (credentials.kind === 'token') {
    if (!offered.has('XOAUTH2')) throw notOffered(offered, 'XOAUTH2');
    await session.xoauth2(credentials);
    return;
  }
  const mechanism = (line.encrypted ? UNDER_TLS : IN_CLEAR).find((name) => offered.has(name));
  if (mechanism === undefined) throw notOffered(offered, UNDER_TLS.join(', '));
  if (mechanism === 'PLAIN') await session.plain(credentials);
  else if (mechanism === 'LOGIN') await session.login(credentials);
  else await session.cramMd5(credentials);
}

function notOffered(offered: ReadonlySet<string>, wanted: string): SmtpFailure {
  const list = offered.size === 0 ? 'no login' : `only ${[...offered].join(', ')}`;
  return SmtpFailure.named('auth', 'auth-not-offered', `the server offers ${list}; needed: ${wanted}`);
}

class AuthSession {
  private readonly dialogue: Dialogue;
  private readonly tokenMs: number;

  constructor(dialogue: Dialogue, tokenMs: number) {
    this.dialogue = dialogue;
    this.tokenMs = tokenMs;
  }

  async plain({ username, password }: PasswordCredentials): Promise<void> {
    expectSuccess(await this.ask(`AUTH PLAIN ${base64(`\0${username}\0${password}`)}`)); // RFC 4616
  }

  async login({ username, password }: PasswordCredentials): Promise<void> {
    expectChallenge(await this.ask('AUTH LOGIN'));
    expectChallenge(await this.ask(base64(username)));
    expectSuccess(await this.ask(base64(password)));
  }

  /** RFC 2195. */
  async cramMd5({ username, password }: PasswordCredentials): Promise<void> {
    const challenge = expectChallenge(await this.ask('AUTH CRAM-MD5'));
    const digest = createHmac('md5', password).update(Buffer.from(challenge.text, 'base64')).digest('hex');
    expectSuccess(await this.ask(base64(`${username} ${digest}`)));
  }

  /** Google's and Microsoft's bearer mechanism. A token can expire between its making and its use: one fresh one is tried. */
  async xoauth2(credentials: TokenCredentials): Promise<void> {
    const token = await this.token(credentials);
    const reply = await this.bearer(credentials.username, token);
    if (reply.code === 235) return;
    if (reply.code !== 535) throw SmtpFailure.fromReply('auth', reply);
    const fresh = await this.token(credentials, token);
    if (fresh === token) throw SmtpFailure.fromReply('auth', reply);
    expectSuccess(await this.bearer(credentials.username, fresh));
  }

  private async bearer(username: string, token: string): Promise<DialogueReply> {
    const reply = await this.ask(`AUTH XOAUTH2 ${base64(`user=${username}\u0001auth=Bearer ${token}\u0001\u0001`)}`);
    // A refusal comes as a challenge with a JSON reason; the empty answer brings the real reply.
    return reply.code === 334 ? await this.ask('') : reply;
  }

  private async token({ getAccessToken }: TokenCredentials, rejected?: string): Promise<string> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no access token within ${this.tokenMs} ms`)), this.tokenMs);
    });
    try {
      const token = await Promise.race([rejected === undefined ? getAccessToken() : getAccessToken(rejected), late]);
      if (!/^[!-~]+$/.test(token)) throw new Error('the access token holds characters that no token has');
      return token;
    } catch (error) {
      if (error instanceof AccessError) throw withoutAccess(error);
      throw SmtpFailure.named('auth', 'token-unavailable', `no access token: ${messageOf(error)}`);
    } finally {
      clearTimeout(timer);
    }
  }

  private ask(line: string): Promise<DialogueReply> {
    return this.dialogue.ask(line, 'auth');
  }
}

/** This account has one user: what is wrong with him is wrong with the account. */
function withoutAccess({ message, replyClass: cls }: AccessError): SmtpFailure {
  return new SmtpFailure('auth', message, cls.name === 'user-unavailable' ? replyClass('auth-failed') : cls);
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}

function expectSuccess(reply: DialogueReply): void {
  if (reply.code >= 300) throw SmtpFailure.fromReply('auth', reply);
}

function expectChallenge(reply: DialogueReply): DialogueReply {
  if (reply.code !== 334) throw SmtpFailure.fromReply('auth', reply);
  return reply;
}
