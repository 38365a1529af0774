import { stringsOf } from '../lib/i18n.ts';

export const en = {
  people_one: '{{count}} person',
  people_other: '{{count}} people',
  close: 'Close',
  cancel: 'Cancel',
  copy: 'Copy',
  copied: 'Copied',
  tryAgain: 'Try again',
  brokenPage: 'This page met an error of its own. Nothing was changed on the server.',
  request: 'request {{id}}',
  loading: 'Loading',
  loadMore: 'Load more',
  more: 'More actions',
  undo: 'Undo',
  notices: 'Notices',
  rows_one: '{{count}} row',
  rows_other: '{{count}} rows',
  selectAll: 'Select all that are shown',
  selectRow: 'Select {{name}}',
  dropFile: 'Drop a file here, or',
  chooseFile: 'choose a file',
  asTable: 'As a table',
  used: '{{used}} of {{limit}}',
  noLimit: '{{used}}, no limit',
  left: '{{time}} left',
  removeFilter: 'Remove the filter “{{label}}”',
  between: 'about {{count}} ({{least}} to {{most}})',
  waitsFor: 'waits for {{what}}',
  noRecipients: 'no recipients yet',
  ofRecipients_one: '{{parts}} of {{count}} recipient',
  ofRecipients_other: '{{parts}} of {{count}} recipients',
  states: {
    sent: { word: 'sent', meaning: 'The server took responsibility for the message.' },
    sending: { word: 'sending', meaning: 'Handed over or about to be; no reply yet.' },
    deferred: { word: 'deferred', meaning: 'Refused for now, or not reached. It will be tried again.' },
    failed: { word: 'failed', meaning: 'Refused for good, too old, or it could not be rendered.' },
    unknown: {
      word: 'unknown',
      meaning:
        'The connection or the program ended after the message was handed over and before the reply. It may have arrived, so it is not sent again by itself.',
    },
    excluded: {
      word: 'excluded',
      meaning: 'Left out before anything was sent: suppressed, unsubscribed, invalid or a duplicate.',
    },
    cancelled: { word: 'cancelled', meaning: 'The campaign was cancelled first.' },
    pending: { word: 'pending', meaning: 'Not handed to any server yet.' },
  },
} as const;

export const strings = stringsOf('components', en);
