import type { Translation } from '../../lib/i18n.ts';
import type { en } from './strings.ts';

export const de: Translation<typeof en> = {
  title: 'Postrider einrichten',
  lead: 'Drei kurze Schritte. Alles lässt sich später ändern.',
  stepsLabel: 'Schritte',
  steps: { owner: 'Sie und Ihr Arbeitsbereich', account: 'Sendekonto', test: 'Testnachricht', done: 'Bereit' },
  stepDone: 'erledigt',
  owner: {
    name: 'Ihr Name',
    email: 'Ihre E-Mail-Adresse',
    emailHint: 'Damit melden Sie sich an.',
    password: 'Passwort',
    passwordHint: 'Mindestens 12 Zeichen. Mehrere Wörter sind gut; Zeichen und Ziffern braucht es nicht.',
    workspace: 'Name des Arbeitsbereichs',
    workspaceHint: 'Ihre Firma, oder wofür Sie senden.',
    timezone: 'Zeitzone',
    submit: 'Weiter',
  },
  account: {
    title: 'Über welchen Server senden Sie?',
    words:
      'Wählen Sie, wessen Server es ist; seine Einstellungen werden ausgefüllt und lassen sich vor dem Speichern prüfen.',
    stay: 'Beim eingebauten Postfach bleiben',
    stayHint:
      'Post bleibt auf diesem Rechner und kann dort angesehen werden. Ein Sendekonto kann jederzeit hinzukommen.',
    back: 'Zurück zur Auswahl',
  },
  test: {
    title: 'Schicken Sie sich eine Nachricht',
    words: 'Eine Nachricht über „{{account}}“, um zu sehen, dass sie ankommt.',
    to: 'An',
    from: 'Von',
    fromHint: 'Leer: die Adresse des Kontos.',
    submit: 'Testnachricht schicken',
    sent: 'Der Server hat sie angenommen.',
    refused: 'Der Server hat sie nicht angenommen.',
    mailbox: 'Im eingebauten Postfach ansehen',
    skip: 'Überspringen',
    next: 'Weiter',
  },
  done: {
    title: 'Postrider ist bereit',
    words: 'Holen Sie Ihre Kontakte herein, und schreiben Sie dann die erste Kampagne.',
    dashboard: 'Zum Dashboard',
    import: 'Kontakte importieren',
    second: 'Die Anmeldung mit einem zweiten Faktor schützen',
  },
  notYours:
    'Die Einrichtung öffnet der Link, den der erste Start ausgibt. Er gilt einmal und 24 Stunden; „npx postrider user reset-password owner@localhost“ gibt einen Link zum Setzen eines Passworts aus.',
  byLink: 'Die Einrichtung wird mit Ihrem Link geöffnet.',
  login: 'Zur Anmeldung',
};
