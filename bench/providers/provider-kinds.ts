import { FakeGoogle, fakeUsers } from './fake-google.ts';
import { FakeMailgun } from './fake-mailgun.ts';
import { FakePostmark } from './fake-postmark.ts';
import type { FakeApi } from './fake-provider.ts';
import { FakeResend } from './fake-resend.ts';
import { FakeSendGrid } from './fake-sendgrid.ts';
import { FakeSes } from './fake-ses.ts';

/** A provider with its fake, and what an account of it needs. */
export interface ProviderKind {
  readonly type: 'resend' | 'ses' | 'sendgrid' | 'mailgun' | 'postmark' | 'gmail';
  readonly fake: () => FakeApi;
  /** Messages of one request, as its accounts have them when nobody says otherwise. */
  readonly maxBatch: number;
  /** Accounts send as so many users, each over connections of its own. */
  readonly users?: number;
  /** A lost answer can be asked for again. */
  readonly isIdempotent: boolean;
  /** Of `POST /api/accounts`, beside type, endpoint and limits. */
  readonly login: Readonly<Record<string, string>>;
}

const GOOGLE_USERS = 50;

export const PROVIDER_KINDS: readonly ProviderKind[] = [
  {
    type: 'resend',
    fake: () => new FakeResend(),
    maxBatch: 100,
    isIdempotent: true,
    login: { password: new FakeResend().key },
  },
  {
    type: 'postmark',
    fake: () => new FakePostmark(),
    maxBatch: 50,
    isIdempotent: false,
    login: { password: new FakePostmark().key },
  },
  {
    type: 'ses',
    fake: () => new FakeSes(),
    maxBatch: 1,
    isIdempotent: false,
    login: { username: new FakeSes().key, password: 'secret', region: new FakeSes().region },
  },
  {
    type: 'sendgrid',
    fake: () => new FakeSendGrid(),
    maxBatch: 1,
    isIdempotent: false,
    login: { password: new FakeSendGrid().key },
  },
  {
    type: 'mailgun',
    fake: () => new FakeMailgun(),
    maxBatch: 1,
    isIdempotent: false,
    login: { password: new FakeMailgun().key, domain: new FakeMailgun().domain },
  },
  {
    type: 'gmail',
    // Each may send two messages a second.
    fake: () => new FakeGoogle({ users: fakeUsers(GOOGLE_USERS) }),
    users: GOOGLE_USERS,
    maxBatch: 1,
    isIdempotent: false,
    /** Not before it is asked for: its key takes a moment to make. */
    get login() {
      const { key, admin } = new FakeGoogle();
      return { serviceAccountKey: key, adminEmail: admin };
    },
  },
];
