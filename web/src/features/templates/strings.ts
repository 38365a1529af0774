import { stringsOf } from '../../lib/i18n.ts';

export const en = {
  title: 'Templates',
  lead: 'Messages to begin campaigns with. A campaign keeps the version it was launched with.',
  search: 'Find a template',
  make: 'New template',
  newName: 'New template',
  loading: 'Reading templates',
  none: { title: 'No template yet', text: 'Write a message once, and begin campaigns with it.' },
  noneFound: 'No template fits the search.',
  columns: { name: 'Name', subject: 'Subject', version: 'Version', changed: 'Changed' },
  use: 'Begin a campaign',
  remove: 'Delete',
  removed: 'Deleted “{{name}}”.',
  name: 'Name',
  save: 'Save as version {{version}}',
  saved: 'Saved as version {{version}}.',
  unsaved: 'Not saved yet',
  versions: 'Versions',
  version: 'Version {{version}}',
  look: 'Open version {{version}}',
  old: 'This is version {{version}}. Saving makes it the newest again.',
  more: 'Load more',
} as const;

export const strings = stringsOf('templates', en);
