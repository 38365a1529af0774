import { createHmac } from 'node:crypto';

export interface SinkAuth {
  /** As EHLO lists them: PLAIN, LOGIN, CRAM-MD5, XOAUTH2. */
  readonly mechanisms: readonly string[];
  readonly username: string;
  readonly password?: string;
  /** The bearer tokens that are good at the moment. */
  readonly tokens?: readonly string[];
}

interface Line {
  say(text: string): Promise<void>;
  hear(): Promise<string>;
}

const CHALLENGE = '<1896.697170952@sink.test>';

/** The server's side of AUTH, from the command to the verdict. */
export async function answerAuth(command: string, auth: SinkAuth | undefined, line: Line): Promise<void> {
  const [, mechanism = '', initial = ''] = command.split(' ');
  if (auth === undefined || !auth.mechanisms.includes(mechanism)) {
    await line.say('504 5.5.4 Unrecognized authentication type');
    return;
  }
  const good = await isGood(mechanism, decode(initial), auth, line);
  await line.say(good ? '235 2.7.0 Welcome' : '535 5.7.8 Username and Password not accepted');
}

async function isGood(mechanism: string, initial: string, auth: SinkAuth, line: Line): Promise<boolean> {
  const { username, password = '', tokens = [] } = auth;
  const ask = async (challenge: string) => {
    await line.say(`334 ${Buffer.from(challenge).toString('base64')}`);
    return decode(await line.hear());
  };
  if (mechanism === 'PLAIN') return initial === `\0${username}\0${password}`;
  if (mechanism === 'LOGIN') {
    const user = await ask('Username:');
    return (await ask('Password:')) === password && user === username;
  }
  if (mechanism === 'CRAM-MD5') {
    const digest = createHmac('md5', password).update(CHALLENGE).digest('hex');
    return (await ask(CHALLENGE)) === `${username} ${digest}`;
  }
  if (tokens.some((token) => initial === `user=${username}\u0001auth=Bearer ${token}\u0001\u0001`)) return true;
  await ask('{"status":"400","schemes":"Bearer"}');
  return false;
}

function decode(text: string): string {
  return Buffer.from(text, 'base64').toString('utf8');
}
