import { Secret, TOTP } from 'otpauth';
import type { Enrolled, TotpEnrolment } from '../contract/second-factors.ts';
import { inTransaction } from '../db/database.ts';
import { lockUser } from '../db/second-factors.ts';
import { deleteTotpSecret, findTotpSecret, storeTotpSecret, type TotpRow, takeTotpStep } from '../db/totp.ts';
import { findUser } from '../db/users.ts';
import { AppError } from '../errors.ts';
import { invalid } from './content.ts';
import type { Core, Person } from './context.ts';
import { removeFactor, settleEnrolment } from './second-factors.ts';
import { rotateSession, tellAccessChanged } from './sessions.ts';

type TotpCore = Pick<Core, 'db' | 'secrets' | 'events'>;

/** What every authenticator app understands (RFC 6238): SHA-1, six digits, thirty seconds. */
const PARAMETERS = { algorithm: 'SHA1', digits: 6, period: 30 } as const;
/** A clock may be one step early or late, and no more (RFC 6238 section 5.2). */
const WINDOW = 1;
/** RFC 4226 section 4 asks for 160 bits. */
const SECRET_BYTES = 20;

/** Draws a secret, shown this once. It counts for nothing before confirmTotp. */
export async function enrolTotp(core: TotpCore, person: Person): Promise<TotpEnrolment> {
  const secret = new Secret({ size: SECRET_BYTES });
  const stored = await storeTotpSecret(core.db.sql, {
    userId: person.userId,
    secret: core.secrets.seal(secret.base32),
    keyId: core.secrets.keyId,
  });
  if (!stored) {
    throw new AppError(
      'NAME_TAKEN',
      'An authenticator app is set up already. Remove it first to set up another. Nothing was changed.',
    );
  }
  const user = await findUser(core.db.sql, person.userId);
  const totp = new TOTP({ ...PARAMETERS, secret, issuer: 'Postrider', label: user?.email ?? 'Postrider' });
  return { secret: secret.base32, uri: totp.toString() };
}

/** The first right code makes it count. The session gets a new token, and those elsewhere end. */
export async function confirmTotp(
  core: TotpCore,
  person: Person,
  code: string,
): Promise<Enrolled & { readonly token: string }> {
  const row = await findTotpSecret(core.db.sql, person.userId);
  if (!row) throw invalid('code', 'belongs to nothing: begin with POST /api/auth/totp');
  if (row.confirmedAt) throw new AppError('NAME_TAKEN', 'This authenticator app is confirmed already.');
  const done = await inTransaction(core.db.sql, async (tx) => {
    await lockUser(tx, person.userId);
    const step = stepOf(core, row, code);
    if (step === null || !(await takeTotpStep(tx, person.userId, step)))
      throw invalid('code', 'is not the one of now: check the clock of the phone, and take the next one');
    const recoveryCodes = await settleEnrolment(tx, person);
    return { recoveryCodes, token: await rotateSession(tx, person) };
  });
  tellAccessChanged(core, person.userId);
  return done;
}

/** Whether this is the code of now; if it is, it counts once and no earlier one counts any more. */
export async function spendTotpCode(
  core: Pick<Core, 'db' | 'secrets'>,
  userId: string,
  code: string,
): Promise<boolean> {
  const row = await findTotpSecret(core.db.sql, userId);
  if (!row?.confirmedAt) return false;
  const step = stepOf(core, row, code);
  return step !== null && takeTotpStep(core.db.sql, userId, step);
}

export function removeTotp(core: TotpCore, person: Person): Promise<void> {
  return removeFactor(core, person, async (tx) => {
    if (!(await deleteTotpSecret(tx, person.userId)))
      throw new AppError('NOT_FOUND', 'No authenticator app is set up.');
  });
}

/** The step of time whose code this is; null when it is none of those that count now. */
function stepOf(core: Pick<Core, 'secrets'>, row: TotpRow, code: string): number | null {
  if (row.keyId !== core.secrets.keyId) {
    throw new AppError(
      'CREDENTIALS_UNREADABLE',
      'The secret of the authenticator app was sealed with another APP_SECRET. Use a recovery code or a passkey, and set the app up again.',
    );
  }
  const secret = Secret.fromBase32(core.secrets.open(row.secret));
  const token = code.replace(/\s/g, '');
  if (!/^\d{6}$/.test(token)) return null;
  const timestamp = Date.now();
  const delta = TOTP.validate({ ...PARAMETERS, token, secret, window: WINDOW, timestamp });
  return delta === null ? null : TOTP.counter({ period: PARAMETERS.period, timestamp }) + delta;
}
