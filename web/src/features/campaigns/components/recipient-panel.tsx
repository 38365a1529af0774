import { Drawer } from '@mantine/core';
import { useState } from 'react';
import type { LedgerRecipient } from '../../../../../src/contract/campaigns.ts';
import { StoryOfRecipient } from '../../../components/story-of-recipient.tsx';
import { strings } from '../strings.ts';

interface RecipientPanelProps {
  /** Null closes the panel. */
  readonly recipient: LedgerRecipient | null;
  readonly accountName: string | undefined;
  readonly onClose: () => void;
}

/** One recipient's story at the side of the page, top to bottom, with the server's own words. */
export function RecipientPanel({ recipient, accountName, onClose }: RecipientPanelProps) {
  // What was open stays while the panel slides away.
  const [shown, setShown] = useState(recipient);
  if (recipient !== null && recipient !== shown) setShown(recipient);
  return (
    <Drawer
      opened={recipient !== null}
      onClose={onClose}
      position="right"
      size={440}
      title={shown?.email ?? strings.recipient.title}
      closeButtonProps={{ 'aria-label': strings.recipient.close }}
    >
      {shown ? <StoryOfRecipient recipient={shown} accountName={accountName} /> : null}
    </Drawer>
  );
}
