import { stringsOf } from '../../lib/i18n.ts';

export const en = {
  title: 'Overview',
  sent: 'Sent today',
  failed: 'Failed today',
  unknown: 'Unknown today',
  againstYesterday: '{{byNow}} by this time yesterday, {{all}} all day',
  live: 'Campaigns under way',
  noLive: 'No campaign is being sent.',
  toCampaigns: 'All campaigns',
  newCampaign: 'New campaign',
  domains: 'Domains with trouble',
  domainsNote: 'Of campaigns under way or ended in the last day.',
  noTrouble: 'No domain refused or put off anything.',
  domainColumns: {
    domain: 'Recipient domain',
    failed: 'Failed',
    deferred: 'Put off',
    unknown: 'Unknown',
    words: 'Its server said',
  },
  steps: {
    title: 'Nothing has been sent yet',
    lead: 'Three steps to a first campaign. Nothing leaves this machine until you add a sending account.',
    done: 'done',
    open: 'to do',
    mailbox: {
      title: 'Send a test into the mailbox',
      words: 'One message through the built-in mailbox shows that everything runs.',
      act: 'Send a test message',
      sent: 'It arrived.',
      see: 'Open the mailbox',
    },
    account: {
      title: 'Add a sending account',
      words: 'A mailbox, a provider or a server of your own.',
      act: 'Add an account',
    },
    contacts: {
      title: 'Bring your contacts',
      words: 'A CSV, Excel or JSON Lines file; columns are recognised and can be changed.',
      act: 'Import contacts',
    },
    campaign: {
      title: 'Send a campaign',
      words: 'Write it, see the forecast, and watch it here.',
      act: 'Write a campaign',
    },
    api: 'Or with the API',
    key: 'A key for the API',
    keyLabel: 'Command that makes a key',
    importLabel: 'Command that imports a contact',
    sendLabel: 'Command that sends a campaign',
  },
} as const;

export const strings = stringsOf('overview', en);
