import type { Translation } from '../../lib/i18n.ts';
import type { en } from './strings.ts';

export const de: Translation<typeof en> = {
  title: 'Übersicht',
  sent: 'Heute gesendet',
  failed: 'Heute gescheitert',
  unknown: 'Heute ungewiss',
  againstYesterday: 'gestern um diese Zeit {{byNow}}, am ganzen Tag {{all}}',
  live: 'Laufende Kampagnen',
  noLive: 'Gerade wird keine Kampagne gesendet.',
  toCampaigns: 'Alle Kampagnen',
  newCampaign: 'Neue Kampagne',
  domains: 'Domains mit Schwierigkeiten',
  domainsNote: 'Aus Kampagnen, die laufen oder im letzten Tag zu Ende gingen.',
  noTrouble: 'Keine Domain hat etwas abgelehnt oder zurückgestellt.',
  domainColumns: {
    domain: 'Empfänger-Domain',
    failed: 'Gescheitert',
    deferred: 'Zurückgestellt',
    unknown: 'Ungewiss',
    words: 'Ihr Server sagte',
  },
  steps: {
    title: 'Noch wurde nichts gesendet',
    lead: 'Drei Schritte zur ersten Kampagne. Nichts verlässt diesen Rechner, bis Sie ein Sendekonto hinzufügen.',
    done: 'erledigt',
    open: 'offen',
    mailbox: {
      title: 'Einen Test ins Postfach senden',
      words: 'Eine Nachricht durch das eingebaute Postfach zeigt, dass alles läuft.',
      act: 'Testnachricht senden',
      sent: 'Sie ist angekommen.',
      see: 'Postfach öffnen',
    },
    account: {
      title: 'Ein Sendekonto hinzufügen',
      words: 'Ein Postfach, ein Anbieter oder ein eigener Server.',
      act: 'Konto hinzufügen',
    },
    contacts: {
      title: 'Kontakte mitbringen',
      words: 'Eine CSV-, Excel- oder JSON-Lines-Datei; Spalten werden erkannt und lassen sich ändern.',
      act: 'Kontakte importieren',
    },
    campaign: {
      title: 'Eine Kampagne senden',
      words: 'Schreiben, die Vorhersage ansehen, und hier zusehen.',
      act: 'Kampagne schreiben',
    },
    api: 'Oder über die API',
    key: 'Ein Schlüssel für die API',
    keyLabel: 'Befehl, der einen Schlüssel macht',
    importLabel: 'Befehl, der einen Kontakt importiert',
    sendLabel: 'Befehl, der eine Kampagne sendet',
  },
};
