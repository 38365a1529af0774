import type { Translation } from '../../lib/i18n.ts';
import type { en } from './strings.ts';

export const de: Translation<typeof en> = {
  title: 'Rückläufer-Postfächer',
  lead: 'Postfächer, in denen Rückläufer ankommen. In jedes wird einmal in der Minute gesehen; andere Mails darin bleiben unberührt.',
  add: 'Postfach hinzufügen',
  empty: {
    title: 'Noch kein Postfach',
    words:
      'Nennen Sie das Postfach, zu dem Ihre Absenderadresse oder der Return-Path führt: Rückläufer und Beschwerden werden daraus gelesen.',
  },
  columns: { name: 'Name', server: 'Server', state: 'Zustand', checked: 'Angesehen' },
  states: { fine: 'wird gelesen', waiting: 'noch nicht angesehen', failing: 'scheitert', off: 'abgeschaltet' },
  verify: 'Anmeldung prüfen',
  verified: 'Die Anmeldung gelingt: {{message}}',
  delete: 'Entfernen',
  deleted: '„{{name}}“ entfernt.',
  actionsFor: 'Aktionen für {{name}}',
  dialog: {
    host: 'IMAP-Server',
    username: 'Benutzername',
    password: 'Passwort',
    secure: 'Verschlüsselung',
    secureWords: { tls: 'TLS (Port 993)', starttls: 'STARTTLS (Port 143)', none: 'keine' },
    folder: 'Ordner',
    after: 'Was aus Rückläufern wird',
    afterWords: { flag: 'Sie werden als gelesen markiert', delete: 'Sie werden gelöscht' },
    submit: 'Postfach hinzufügen',
  },
};
