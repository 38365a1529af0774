// All of the dashboard in German, one line a feature. Fetched only by who reads German.
import { de as components } from '../components/strings.de.ts';
import { de as campaigns } from '../features/campaigns/strings.de.ts';
import { de as mailbox } from '../features/mailbox/strings.de.ts';
import { de as session } from '../features/session/strings.de.ts';
import { addTranslation } from '../lib/i18n.ts';
import { de as lib } from '../lib/strings.de.ts';
import { de as app } from './strings.de.ts';

export function addGerman(): void {
  const words = { app, lib, components, campaigns, mailbox, session };
  for (const [namespace, tree] of Object.entries(words)) addTranslation('de', namespace, tree);
}
