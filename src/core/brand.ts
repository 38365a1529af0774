import { parseMailbox } from '../mail/mime/mailbox.ts';

/** Whose pages these are, as people know them: the name mails come from, or that of the workspace. */
export function brandOf(workspaceName: string, from: string | null | undefined): string {
  const parsed = parseMailbox(from ?? '');
  return (parsed.ok && parsed.mailbox.name) || workspaceName;
}
