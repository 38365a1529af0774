import { stringsOf } from './i18n.ts';

export const en = {
  justNow: 'just now',
  in: 'in {{amount}}',
  ago: '{{amount}} ago',
  noAnswer: 'The server does not answer. What was sent and recorded is safe. Check that Postrider runs.',
  noWords: 'The server answered {{status}} without saying why.',
} as const;

export const strings = stringsOf('lib', en);
