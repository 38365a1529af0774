/**
 * What can become of a recipient of a send, in the order every picture and table shows them.
 * `final` states never change again, except `unknown` when evidence of the same attempt arrives later.
 */
export const RECIPIENT_STATES = [
  'sent',
  'sending',
  'deferred',
  'failed',
  'unknown',
  'excluded',
  'cancelled',
  'pending',
] as const;
export type RecipientState = (typeof RECIPIENT_STATES)[number];

export type RecipientCounts = Record<RecipientState, number>;

export const CAMPAIGN_STATES = [
  'draft',
  'delayed',
  'waiting',
  'active',
  'paused',
  'completed',
  'failed',
  'cancelled',
] as const;
export type CampaignState = (typeof CAMPAIGN_STATES)[number];

/** Of a single email: it waits for its time · is being sent, or tried again · every recipient is final · was cancelled first. */
export const EMAIL_STATES = ['delayed', 'active', 'completed', 'cancelled'] as const;
export type EmailState = (typeof EMAIL_STATES)[number];
