import { randomUUID } from 'node:crypto';
import { messageOf } from '../errors.ts';
import type { Core } from './context.ts';
import { findSender, sendSystemMails } from './system-mail.ts';
import { TEST_UNSUBSCRIBE_TOKEN, wordsOf } from './test-send.ts';

/** A mail about somebody's account here, with one link in it. */
export interface AccountMail {
  readonly to: string;
  readonly subject: string;
  /** Above the link. */
  readonly words: string;
  readonly button: string;
  readonly link: string;
  /** Below it. */
  readonly note: string;
}

/** As data of a template, so that nothing in a name is taken for one. */
const TEMPLATE = {
  subject: '{{subject}}',
  text: '{{words}}\n\n{{link}}\n\n{{note}}\n',
  html: `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>{{subject}}</title></head>
<body style="margin:0;padding:0;background:#FBFAF7;color:#14171F;font:16px/1.5 -apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td align="center" style="padding:32px 16px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:520px;background:#FFFFFF;border:1px solid #E7E4DC;border-radius:8px"><tr><td style="padding:32px">
<h1 style="margin:0 0 16px;font-size:20px;line-height:1.3">{{subject}}</h1>
<p style="margin:0 0 16px">{{words}}</p>
<p style="margin:24px 0"><a href="{{link}}" style="display:inline-block;padding:12px 24px;background:#14171F;color:#FFFFFF;text-decoration:none;border-radius:6px;font-weight:600">{{button}}</a></p>
<p style="margin:0 0 16px;font-size:14px;color:#5C6370">If the button does not work, copy this address into your browser:<br><a href="{{link}}" style="color:#14171F;word-break:break-all">{{link}}</a></p>
<p style="margin:0;font-size:14px;color:#5C6370">{{note}}</p>
</td></tr></table></td></tr></table></body></html>
`,
};

/** Through the first workspace that has an account to send with. Answers null, or in words why it was not sent. */
export async function sendAccountMail(
  core: Pick<Core, 'db' | 'secrets' | 'baseUrl'>,
  workspaceIds: readonly string[],
  mail: AccountMail,
): Promise<string | null> {
  let trouble = 'There is no workspace to send it from.';
  for (const workspaceId of workspaceIds) {
    try {
      const sender = await findSender(core, workspaceId);
      const id = randomUUID();
      const [outcome] = await sendSystemMails(core, sender, [
        {
          to: mail.to,
          content: TEMPLATE,
          data: { ...mail },
          messageId: `account.${id}`,
          unsubscribeUrl: `${core.baseUrl}/u/${TEST_UNSUBSCRIBE_TOKEN}`,
          feedbackId: `${id}:${workspaceId}:account:postrider`,
        },
      ]);
      if (!outcome || outcome.kind === 'accepted' || outcome.kind === 'unknown') return null;
      trouble = wordsOf(outcome);
    } catch (error) {
      trouble = messageOf(error);
    }
  }
  return trouble;
}
