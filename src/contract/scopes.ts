import Type from 'typebox';

/** What an API key may be narrowed to. */
export const ScopeName = Type.Union(
  [
    Type.Literal('campaigns:read'),
    Type.Literal('campaigns:write'),
    Type.Literal('emails:read'),
    Type.Literal('emails:write'),
    Type.Literal('contacts:read'),
    Type.Literal('contacts:write'),
    Type.Literal('sending:read'),
    Type.Literal('sending:write'),
    Type.Literal('operations:read'),
    Type.Literal('operations:write'),
  ],
  {
    description:
      'campaigns: campaigns, templates, their sends and events, webhooks; emails: single emails; contacts: contacts, lists, segments, suppressions, imports, forms; ' +
      'sending: accounts, domains and the built-in mailbox; operations: queues, progress, workers, alerts, metrics. write includes read',
  },
);
