import { messageOf } from '../../errors.ts';
import { AccessError } from '../oauth/access-error.ts';
import type { TransportReport } from '../transport.ts';
import { HttpClient, type HttpTimeouts } from './http-client.ts';
import { HttpFailure } from './http-failure.ts';
import type { HttpProvider } from './provider.ts';

/** People wait for it. */
const LONGEST_ANSWER_MS = 15_000;

/** Asks something harmless that needs the key, and answers what the provider said. Sends nothing. */
export async function checkProvider(provider: HttpProvider, timeouts: HttpTimeouts): Promise<TransportReport> {
  const client = new HttpClient(provider.baseUrl, {
    ...timeouts,
    answerMs: Math.min(timeouts.answerMs, LONGEST_ANSWER_MS),
  });
  try {
    const { path, headers, read } = await provider.check();
    const answer = await client.exchange({ method: 'GET', path, content: () => ({ headers, body: '' }) });
    if (answer === null) throw new Error('nothing was asked');
    const { ok, isKey, message } = read(answer);
    return {
      ok,
      stage: ok ? 'ready' : isKey ? 'mail-from' : 'auth',
      greeting: `HTTP ${answer.status}`,
      extensions: [],
      ...(answer.tls === null ? {} : { tls: answer.tls }),
      authenticated: isKey,
      message,
    };
  } catch (error) {
    if (error instanceof AccessError && error.replyClass.action !== 'retry')
      return { ok: false, stage: 'auth', extensions: [], authenticated: false, message: error.message };
    const stage =
      error instanceof HttpFailure && error.replyClass.name.match(/^(?:tls|certificate)-/) ? 'tls' : 'connect';
    return { ok: false, stage, extensions: [], authenticated: false, message: `${provider.name}: ${messageOf(error)}` };
  } finally {
    client.destroy();
  }
}
