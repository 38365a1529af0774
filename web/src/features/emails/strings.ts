import { stringsOf } from '../../lib/i18n.ts';

export const en = {
  title: 'Emails',
  lead: 'Single messages sent by POST /api/emails: receipts, codes, invitations. They go out before campaigns, and stand in the same ledger.',
  search: 'The whole address of a recipient',
  table: 'Emails',
  columns: { to: 'To', subject: 'Subject', state: 'State', from: 'From', accepted: 'Accepted' },
  more_one: 'and {{count}} more',
  more_other: 'and {{count}} more',
  tabs: 'Which emails',
  all: 'All',
  since: 'How long ago',
  times: { any: 'any time', hour: 'the last hour', day: 'the last day', week: 'the last week' },
  empty: {
    title: 'No email yet',
    text: 'Send one from your own program: an API key with the scope emails:write is all it takes.',
    example:
      'curl {{url}}/api/emails \\\n  -H "Authorization: Bearer pr_…" \\\n  -H "Content-Type: application/json" \\\n  -d \'{"to": "ada@example.org", "subject": "Your code", "textContent": "It is 42."}\'',
  },
  noneFound: 'No email fits. Search by the whole address, or choose another view.',
  open: 'Email “{{subject}}” to {{to}}',
  states: { delayed: 'scheduled', active: 'under way', completed: 'done', cancelled: 'cancelled' },
  page: {
    cancel: 'Cancel',
    cancelTitle: 'Cancel this email?',
    cancelWords: 'Whom no server has been asked about is not sent to. What is on its way gets its outcome.',
    cancelSubmit: 'Cancel the email',
    cancelled: 'Cancelled. Nobody who had not been sent to is sent to.',
    about: 'What was asked',
    from: 'From',
    replyTo: 'Answers to',
    accepted: 'Accepted',
    scheduled: 'To be sent',
    finished: 'Over',
    template: 'Template',
    ofTemplate: 'Written from a template',
    list: 'List',
    ofList: 'Belongs to a list',
    tags: 'Tags',
    waiting: 'Waits for',
    id: 'Id',
    recipients_one: 'Its recipient',
    recipients_other: 'Its {{count}} recipients',
    notRendered: 'Its subject could not be made from the data of this recipient.',
  },
} as const;

export const strings = stringsOf('emails', en);
