import type { Confirmation } from '../contract/lists.ts';
import { AppError, messageOf } from '../errors.ts';
import { parseTemplate } from '../mail/template.ts';
import { invalid } from './content.ts';

/** What the mail says where a list has no words of its own. */
const BUILT_IN: Required<Confirmation> = {
  subject: 'Please confirm: {{listName}}',
  text: `Hello{% if firstName %} {{firstName}}{% endif %},

you, or somebody who typed your address, asked {{senderName}} to send you
{{listName}}.

To confirm that, open this link within 7 days:
{{confirmUrl}}

If this was not you, do nothing: you will not hear from us again. You can also
tell us that it was not you:
{{declineUrl}}

{{senderName}}
`,
  html: `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>Please confirm</title></head>
<body style="margin:0;padding:0;background:#FBFAF7;color:#14171F;font:16px/1.5 -apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td align="center" style="padding:32px 16px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:520px;background:#FFFFFF;border:1px solid #E7E4DC;border-radius:8px"><tr><td style="padding:32px">
<p style="margin:0 0 16px;font-size:14px;color:#5C6370">{{senderName}}</p>
<h1 style="margin:0 0 16px;font-size:22px;line-height:1.3">Please confirm your subscription</h1>
<p style="margin:0 0 16px">Hello{% if firstName %} {{firstName}}{% endif %}, you, or somebody who typed your address, asked us to send you <strong>{{listName}}</strong>.</p>
<p style="margin:24px 0"><a href="{{confirmUrl}}" style="display:inline-block;padding:12px 24px;background:#14171F;color:#FFFFFF;text-decoration:none;border-radius:6px;font-weight:600">Confirm subscription</a></p>
<p style="margin:0 0 16px;font-size:14px;color:#5C6370">The link is good for 7 days. If the button does not work, copy this address into your browser:<br><a href="{{confirmUrl}}" style="color:#14171F;word-break:break-all">{{confirmUrl}}</a></p>
<p style="margin:0;font-size:14px;color:#5C6370">If this was not you, do nothing: you will not hear from us again. You can also <a href="{{declineUrl}}" style="color:#14171F">tell us that it was not you</a>.</p>
</td></tr></table></td></tr></table></body></html>
`,
};

/** Own words of a list, or the built-in ones; words without HTML go out as text alone. */
export function confirmationText(own: unknown): Confirmation {
  return (own as Confirmation | null) ?? BUILT_IN;
}

/** Throws VALIDATION, TEMPLATE errors included: a mail without the link would confirm nothing. */
export function checkConfirmation({ subject, html, text }: Confirmation): void {
  if (/[\r\n\0]/.test(subject))
    throw invalid('confirmation/subject', 'a subject is one line: take the line breaks out');
  for (const [field, body] of Object.entries({ subject, text, html })) {
    if (body === undefined) continue;
    const path = `confirmation/${field}`;
    if (field !== 'subject' && !/\{\{-?\s*confirmUrl\b/.test(body))
      throw invalid(path, 'needs the link {{confirmUrl}}');
    try {
      parseTemplate(body, { escape: field === 'html' ? 'html' : 'none', field });
    } catch (error) {
      throw new AppError('VALIDATION', `${path}: ${messageOf(error)}`, {
        details: [{ path, message: messageOf(error) }],
        cause: error,
      });
    }
  }
}
