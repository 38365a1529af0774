import { stringsOf } from '../../lib/i18n.ts';

export const en = {
  title: 'Log in',
  email: 'Email',
  password: 'Password',
  submit: 'Log in',
  byLink: 'Logging you in with your link.',
  hint: 'No account yet? On the machine where Postrider runs:',
  command: 'npx postrider user create',
} as const;

export const strings = stringsOf('session', en);
