import Type, { type Static } from 'typebox';
import { Id, Nullable, Time } from './common.ts';

/** `GET /api/contacts/{id}/consent`: one thing somebody agreed to, or took back. */
export const ConsentRecord = Type.Object({
  id: Id,
  action: Type.String({
    enum: [
      'requested',
      'subscribed',
      'confirmed',
      'unsubscribed',
      'paused',
      'resumed',
      'imported',
      'tracking-refused',
      'tracking-allowed',
    ],
    description: 'requested: they, or somebody with their address, asked; nothing was sent to them yet',
  }),
  list: Nullable(Type.Object({ id: Id, name: Type.String() })),
  method: Type.String({ enum: ['form', 'page', 'one-click', 'mail', 'api', 'import'] }),
  source: Nullable(Type.String({ description: 'Form, campaign, import, user or API key' })),
  detail: Nullable(Type.String({ description: 'A reason for leaving, when a pause ends, whose claim it rests on' })),
  text: Nullable(Type.String({ description: 'The words they were shown' })),
  ip: Nullable(Type.String({ description: 'The network it came from: an address without its last part' })),
  userAgent: Nullable(Type.String()),
  occurredAt: Time,
});
export type ConsentRecord = Static<typeof ConsentRecord>;
