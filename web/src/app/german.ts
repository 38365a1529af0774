// All of the dashboard in German, one line a feature. Fetched only by who reads German.

import { de as editor } from '../components/editor/strings.de.ts';
import { de as components } from '../components/strings.de.ts';
import { de as accounts } from '../features/accounts/strings.de.ts';
import { de as bounceMailboxes } from '../features/bounce-mailboxes/strings.de.ts';
import { de as campaigns } from '../features/campaigns/strings.de.ts';
import { de as composer } from '../features/composer/strings.de.ts';
import { de as contacts } from '../features/contacts/strings.de.ts';
import { de as domains } from '../features/domains/strings.de.ts';
import { de as emails } from '../features/emails/strings.de.ts';
import { de as forms } from '../features/forms/strings.de.ts';
import { de as imports } from '../features/imports/strings.de.ts';
import { de as lists } from '../features/lists/strings.de.ts';
import { de as mailbox } from '../features/mailbox/strings.de.ts';
import { de as operations } from '../features/operations/strings.de.ts';
import { de as overview } from '../features/overview/strings.de.ts';
import { de as segments } from '../features/segments/strings.de.ts';
import { de as series } from '../features/series/strings.de.ts';
import { de as session } from '../features/session/strings.de.ts';
import { de as settings } from '../features/settings/strings.de.ts';
import { de as setup } from '../features/setup/strings.de.ts';
import { de as suppressions } from '../features/suppressions/strings.de.ts';
import { de as templates } from '../features/templates/strings.de.ts';
import { de as webhooks } from '../features/webhooks/strings.de.ts';
import { addTranslation } from '../lib/i18n.ts';
import { de as lib } from '../lib/strings.de.ts';
import { de as app } from './strings.de.ts';

export function addGerman(): void {
  const words = {
    editor,
    composer,
    templates,
    app,
    lib,
    components,
    campaigns,
    emails,
    mailbox,
    series,
    session,
    accounts,
    domains,
    operations,
    overview,
    settings,
    setup,
    contacts,
    lists,
    segments,
    imports,
    suppressions,
    forms,
    webhooks,
    'bounce-mailboxes': bounceMailboxes,
  };
  for (const [namespace, tree] of Object.entries(words)) addTranslation('de', namespace, tree);
}
