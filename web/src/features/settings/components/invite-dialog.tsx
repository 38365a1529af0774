import { TextInput } from '@mantine/core';
import { useContext, useState } from 'react';
import type { SentInvitation } from '../../../../../src/contract/invitations.ts';
import { Button } from '../../../components/button.tsx';
import { CopyText } from '../../../components/copy-text.tsx';
import { Dialog, FormDialog } from '../../../components/dialog.tsx';
import { type Role, RoleContext } from '../../../lib/access.ts';
import { useInvite } from '../api/send-invitation.ts';
import { strings } from '../strings.ts';
import { RoleChoice } from './role-choice.tsx';
import styles from './settings.module.css';

/** Address and role, then the link to hand on. */
export function InviteDialog({ onClose }: { onClose: () => void }) {
  const words = strings.members;
  const mine = useContext(RoleContext);
  const invite = useInvite();
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<Role>('editor');
  if (invite.data) return <SentDialog sent={invite.data} onClose={onClose} />;
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={words.inviteTitle}
      submit={words.inviteSubmit}
      busy={invite.isPending}
      error={invite.error}
      onSubmit={() => invite.mutate({ email: email.trim(), role })}
    >
      <TextInput
        label={strings.email}
        type="email"
        required
        withAsterisk={false}
        data-autofocus
        value={email}
        onChange={(event) => setEmail(event.currentTarget.value)}
      />
      <RoleChoice mine={mine} value={role} onChange={setRole} />
    </FormDialog>
  );
}

/** Whether it was mailed, and its link, shown once. */
export function SentDialog({ sent, onClose }: { sent: SentInvitation; onClose: () => void }) {
  const words = strings.members;
  return (
    <Dialog opened onClose={onClose} title={words.sentTitle}>
      <p>{sent.mailed ? words.mailed({ email: sent.email }) : words.notMailed({ why: sent.mailNote ?? '' })}</p>
      <CopyText text={sent.link} label={words.link} />
      <div className={styles.buttons}>
        <Button kind="primary" onClick={onClose}>
          {words.done}
        </Button>
      </div>
    </Dialog>
  );
}
