import type { Translation } from '../../lib/i18n.ts';
import type { en } from './strings.ts';

export const de: Translation<typeof en> = {
  title: 'Anmelden',
  email: 'E-Mail',
  password: 'Passwort',
  submit: 'Anmelden',
  byLink: 'Sie werden mit Ihrem Link angemeldet.',
  hint: 'Noch kein Zugang? Auf dem Rechner, auf dem Postrider läuft:',
  command: 'npx postrider user create',
};
