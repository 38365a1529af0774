import { readServiceAccountKey } from '../mail/google/service-account-key.ts';
import { gmailTransport } from '../mail/transports/gmail.ts';
import { readEndpoint } from './account-endpoint.ts';
import type { AccountType } from './account-types.ts';

const ADDRESS = /^[^\s@<>"]+@[^\s@<>"]+$/;

/** The users of a Google Workspace, whom a service account acts for. */
export function gmailType(): AccountType {
  return {
    settings: ['endpoint', 'adminEmail'],
    login: 'service-account',
    // A user may send two messages a second: more requests at the same time would only wait.
    usual: { maxConnections: 2 },
    missing: ({ adminEmail }, { serviceAccountKey }) =>
      serviceAccountKey === undefined ? 'serviceAccountKey' : adminEmail === null ? 'adminEmail' : null,
    host: ({ endpoint }) => (endpoint === null ? 'gmail.googleapis.com' : readEndpoint(endpoint).hostname),
    open: (account, { serviceAccountKey = '' }, { user }) => {
      const { adminEmail, endpoint, maxConnections, batchSize, timeoutMs } = account;
      const admin = adminEmail ?? '';
      if (!ADDRESS.test(admin)) throw new TypeError('adminEmail is not an email address');
      return gmailTransport({
        key: readServiceAccountKey(serviceAccountKey),
        user: user ?? admin,
        admin,
        maxRequests: Math.min(maxConnections, batchSize),
        timeouts: { connectMs: timeoutMs },
        ...(endpoint === null ? {} : { baseUrl: readEndpoint(endpoint) }),
      });
    },
  };
}
