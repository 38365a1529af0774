import Type, { type Static } from 'typebox';
import { Time } from './common.ts';

/** `?timezone=`: whose midnight a day begins at. */
export const OverviewQuery = Type.Object({
  timezone: Type.Optional(
    Type.String({ maxLength: 100, description: 'IANA name; by default the workspace’s, else UTC' }),
  ),
});
export type OverviewQuery = Static<typeof OverviewQuery>;

const DayCounts = Type.Object({
  sent: Type.Integer(),
  failed: Type.Integer(),
  deferred: Type.Integer({ description: 'Attempts that were put off' }),
  unknown: Type.Integer(),
});
export type DayCounts = Static<typeof DayCounts>;

const TroubledDomain = Type.Object({
  domain: Type.String(),
  failed: Type.Integer(),
  deferred: Type.Integer(),
  unknown: Type.Integer(),
  response: Type.Union([Type.String(), Type.Null()], { description: 'One of the answers, as the server said it' }),
});
export type TroubledDomain = Static<typeof TroubledDomain>;

/** `GET /api/overview`: what somebody wants to know first. */
export const Overview = Type.Object({
  today: Type.Object({ ...DayCounts.properties, beganAt: Time }),
  yesterday: Type.Object(
    { ...DayCounts.properties, byNow: DayCounts },
    { description: '`byNow`: until this time of day' },
  ),
  domains: Type.Array(TroubledDomain, {
    description:
      'Recipient domains that refused, put off or left in doubt most, of campaigns under way or ended in the last day; from the newest 200 batches that had such answers',
  }),
  steps: Type.Object(
    { mailbox: Type.Boolean(), contacts: Type.Boolean(), campaign: Type.Boolean() },
    {
      description: 'Whether a message came into the built-in mailbox, there is a contact, and a campaign was launched',
    },
  ),
});
export type Overview = Static<typeof Overview>;
