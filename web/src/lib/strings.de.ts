import type { Translation } from './i18n.ts';
import type { en } from './strings.ts';

export const de: Translation<typeof en> = {
  justNow: 'gerade eben',
  in: 'in {{amount}}',
  ago: 'vor {{amount}}',
  noAnswer:
    'Der Server antwortet nicht. Was gesendet und aufgezeichnet wurde, ist sicher. Prüfen Sie, ob Postrider läuft.',
  noWords: 'Der Server hat mit {{status}} geantwortet, ohne zu sagen, warum.',
};
