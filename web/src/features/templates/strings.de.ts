import type { Translation } from '../../lib/i18n.ts';
import type { en } from './strings.ts';

export const de: Translation<typeof en> = {
  title: 'Vorlagen',
  lead: 'Nachrichten, mit denen Kampagnen beginnen. Eine Kampagne behält die Fassung, mit der sie gestartet wurde.',
  search: 'Vorlage suchen',
  make: 'Neue Vorlage',
  newName: 'Neue Vorlage',
  loading: 'Vorlagen werden gelesen',
  none: {
    title: 'Noch keine Vorlage',
    text: 'Schreiben Sie eine Nachricht einmal und beginnen Sie Kampagnen mit ihr.',
  },
  noneFound: 'Keine Vorlage passt zur Suche.',
  columns: { name: 'Name', subject: 'Betreff', version: 'Fassung', changed: 'Geändert' },
  use: 'Kampagne beginnen',
  remove: 'Löschen',
  removed: '„{{name}}“ gelöscht.',
  name: 'Name',
  save: 'Als Fassung {{version}} speichern',
  saved: 'Als Fassung {{version}} gespeichert.',
  unsaved: 'Noch nicht gespeichert',
  versions: 'Fassungen',
  version: 'Fassung {{version}}',
  look: 'Fassung {{version}} öffnen',
  old: 'Dies ist Fassung {{version}}. Speichern macht sie wieder zur neuesten.',
  more: 'Mehr laden',
};
