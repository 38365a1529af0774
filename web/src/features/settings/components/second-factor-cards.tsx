import { useState } from 'react';
import type { Me } from '../../../../../src/contract/auth.ts';
import { PasskeysCard } from './passkeys-card.tsx';
import { RecoveryCard } from './recovery-card.tsx';
import { RecoveryCodesDialog } from './recovery-codes-dialog.tsx';
import { TotpCard } from './totp-card.tsx';

interface SecondFactorCardsProps {
  readonly me: Me;
  /** Called when a factor was added and its recovery codes were seen. */
  readonly onEnrolled?: () => void;
}

/** What one can prove oneself with besides a password. The first brings recovery codes, shown once. */
export function SecondFactorCards({ me, onEnrolled }: SecondFactorCardsProps) {
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const { totp, enrolled, recoveryCodes } = me.secondFactor;
  const added = (shown: readonly string[] | null) => (shown === null ? onEnrolled?.() : setCodes(shown));
  const seen = () => {
    setCodes(null);
    onEnrolled?.();
  };
  return (
    <>
      <TotpCard isOn={totp} onEnrolled={added} />
      <PasskeysCard onEnrolled={added} />
      {enrolled ? <RecoveryCard left={recoveryCodes} onRenewed={setCodes} /> : null}
      <RecoveryCodesDialog codes={codes} onClose={seen} />
    </>
  );
}
