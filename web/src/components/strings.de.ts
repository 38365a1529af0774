import type { Translation } from '../lib/i18n.ts';
import type { en } from './strings.ts';

export const de: Translation<typeof en> = {
  close: 'Schließen',
  cancel: 'Abbrechen',
  copy: 'Kopieren',
  copied: 'Kopiert',
  tryAgain: 'Noch einmal versuchen',
  brokenPage: 'Auf dieser Seite ist ein Fehler aufgetreten. Auf dem Server wurde nichts verändert.',
  request: 'Anfrage {{id}}',
  loading: 'Wird geladen',
  loadMore: 'Mehr laden',
  more: 'Weitere Aktionen',
  undo: 'Rückgängig',
  notices: 'Hinweise',
  rows_one: '{{count}} Zeile',
  rows_other: '{{count}} Zeilen',
  selectAll: 'Alle angezeigten auswählen',
  selectRow: '{{name}} auswählen',
  dropFile: 'Datei hier ablegen oder',
  chooseFile: 'Datei auswählen',
  asTable: 'Als Tabelle',
  used: '{{used}} von {{limit}}',
  noLimit: '{{used}}, ohne Grenze',
  left: 'noch {{time}}',
  removeFilter: 'Filter „{{label}}“ entfernen',
  between: 'etwa {{count}} ({{least}} bis {{most}})',
  waitsFor: 'wartet auf {{what}}',
  noRecipients: 'noch keine Empfänger',
  ofRecipients_one: '{{parts}} von {{count}} Empfänger',
  ofRecipients_other: '{{parts}} von {{count}} Empfängern',
  states: {
    sent: { word: 'gesendet', meaning: 'Der Server hat die Nachricht angenommen.' },
    sending: { word: 'unterwegs', meaning: 'Übergeben oder im Begriff, übergeben zu werden; noch keine Antwort.' },
    deferred: { word: 'zurückgestellt', meaning: 'Vorläufig abgelehnt oder nicht erreicht. Es wird wieder versucht.' },
    failed: {
      word: 'gescheitert',
      meaning: 'Endgültig abgelehnt, zu alt, oder die Nachricht ließ sich nicht erzeugen.',
    },
    unknown: {
      word: 'ungewiss',
      meaning:
        'Die Verbindung oder das Programm endete nach der Übergabe und vor der Antwort. Die Nachricht ist vielleicht angekommen und wird deshalb nicht von selbst noch einmal gesendet.',
    },
    excluded: {
      word: 'ausgelassen',
      meaning: 'Ausgelassen, bevor etwas gesendet wurde: gesperrt, abgemeldet, ungültig oder doppelt.',
    },
    cancelled: { word: 'abgebrochen', meaning: 'Die Kampagne wurde vorher abgebrochen.' },
    pending: { word: 'ausstehend', meaning: 'Noch keinem Server übergeben.' },
  },
};
