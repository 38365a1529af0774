import { stringsOf } from '../../lib/i18n.ts';

export const en = {
  title: 'Set up Postrider',
  lead: 'Three short steps. What you set here can be changed later.',
  stepsLabel: 'Steps',
  steps: { owner: 'You and your workspace', account: 'Sending account', test: 'Test message', done: 'Ready' },
  stepDone: 'done',
  owner: {
    name: 'Your name',
    email: 'Your email address',
    emailHint: 'You log in with it.',
    password: 'Password',
    passwordHint: 'At least 12 characters. Several words do well; signs and digits are not needed.',
    workspace: 'Name of the workspace',
    workspaceHint: 'Your company, or what you send for.',
    timezone: 'Time zone',
    submit: 'Go on',
  },
  account: {
    title: 'Through which server do you send?',
    words: 'Choose whose server it is; its settings are filled in, and can be checked before they are saved.',
    stay: 'Stay with the built-in mailbox',
    stayHint: 'Mail stays on this machine and can be looked at there. A sending account can be added at any time.',
    back: 'Back to the choice',
  },
  test: {
    title: 'Send yourself a message',
    words: 'One message through “{{account}}”, to see that it arrives.',
    to: 'To',
    from: 'From',
    fromHint: 'Empty: the address of the account.',
    submit: 'Send test message',
    sent: 'The server took it.',
    refused: 'The server did not take it.',
    mailbox: 'Look at it in the built-in mailbox',
    skip: 'Skip',
    next: 'Go on',
  },
  done: {
    title: 'Postrider is ready',
    words: 'Bring your contacts in, then write the first campaign.',
    dashboard: 'Open the dashboard',
    import: 'Import contacts',
    second: 'Protect your login with a second factor',
  },
  notYours:
    'The set-up is opened by the link that the first start printed. It counts once and for 24 hours; "npx postrider user reset-password owner@localhost" prints a link to set a password.',
  byLink: 'Opening the set-up with your link.',
  login: 'To the login',
} as const;

export const strings = stringsOf('setup', en);
