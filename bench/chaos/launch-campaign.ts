import { PROVIDER_KINDS } from '../providers/provider-kinds.ts';
import type { AccountPace } from './chaos-options.ts';
import type { ProductApi } from './product-api.ts';

export interface Launch {
  /** Of the receiving servers, one for each account. */
  readonly ports: readonly number[];
  readonly accounts: readonly AccountPace[];
  /** smtp, or the type of a provider; one for each account. */
  readonly ways: readonly string[];
  /** Of each account and worker. */
  readonly connections: number;
  readonly recipients: readonly string[];
}

const TIMEOUT_MS = 2000;
/** Many connections are opened anew, so that faults at their beginning have something to break. */
const MESSAGES_A_CONNECTION = 50;
/** Short, so that a refusal for now is tried again within the run; as many as a fault may refuse in a row. */
const RETRY_SECONDS = [1, 1, 2, 2, 3, 3, 4, 4, 5, 5];

/** Makes the accounts, and starts the campaign through all of them. */
export async function launchCampaign(
  api: ProductApi,
  { ports, accounts, ways, connections, recipients }: Launch,
): Promise<{ jobId: string; campaignId: string }> {
  // Refusals are faults of the run here, not of a list.
  await api.patch('/api/settings', { guard: { enabled: false } });
  const accountIds: string[] = [];
  for (const [i, limits] of accounts.entries()) {
    const { id } = await api.post<{ id: string }>('/api/accounts', {
      name: `Receiver ${i + 1}`,
      maxConnections: connections,
      ...wayTo(ways[i] ?? 'smtp', ports[i] ?? 0, connections),
      timeoutMs: TIMEOUT_MS,
      limits,
    });
    accountIds.push(id);
  }
  return api.post('/api/campaigns/send', {
    subject: 'Hello {{firstName}}',
    htmlContent: '<p>Hello {{firstName}}, you are {{email}}, number {{number}}.</p>',
    from: 'Chaos <chaos@sender.test>',
    accountIds,
    retry: { delaysSeconds: RETRY_SECONDS },
    audience: recipients.map((email, number) => ({ email, firstName: `Person ${number}`, number })),
  });
}

function wayTo(way: string, port: number, connections: number): object {
  const kind = PROVIDER_KINDS.find(({ type }) => type === way);
  if (kind !== undefined) {
    const batchSize = kind.maxBatch > 1 ? kind.maxBatch : connections;
    const own = kind.users === undefined ? {} : { maxConnections: 1 };
    return { type: kind.type, endpoint: `http://127.0.0.1:${port}`, batchSize, ...kind.login, ...own };
  }
  const batch = { batchSize: connections, maxMessagesPerConnection: MESSAGES_A_CONNECTION };
  return { type: 'smtp', host: '127.0.0.1', port, secure: 'none', ...batch };
}
