import { stringsOf } from '../../lib/i18n.ts';

export const en = {
  title: 'Bounce mailboxes',
  lead: 'Mailboxes that returned mail comes to. Each is looked into once a minute; other mail in it is left alone.',
  add: 'Add a mailbox',
  empty: {
    title: 'No bounce mailbox yet',
    words:
      'Name the mailbox that your From address or return path leads to, and bounces and complaints are read from it.',
  },
  columns: { name: 'Name', server: 'Server', state: 'State', checked: 'Looked into' },
  states: { fine: 'is read', waiting: 'not looked into yet', failing: 'fails', off: 'switched off' },
  verify: 'Try the login',
  verified: 'The login works: {{message}}',
  delete: 'Remove',
  deleted: 'Removed “{{name}}”.',
  actionsFor: 'Actions for {{name}}',
  dialog: {
    host: 'IMAP server',
    username: 'User name',
    password: 'Password',
    secure: 'Encryption',
    secureWords: { tls: 'TLS (port 993)', starttls: 'STARTTLS (port 143)', none: 'none' },
    folder: 'Folder',
    after: 'What becomes of returned mail',
    afterWords: { flag: 'It is marked as read', delete: 'It is deleted' },
    submit: 'Add the mailbox',
  },
} as const;

export const strings = stringsOf('bounce-mailboxes', en);
