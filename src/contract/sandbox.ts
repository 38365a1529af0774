import Type, { type Static } from 'typebox';
import { Id, Nullable, Time } from './common.ts';

const closed = { additionalProperties: false } as const;

/** `GET /api/sandbox/messages`: one item a recipient, newest first. */
export const SandboxMessageSummary = Type.Object({
  id: Id,
  receivedAt: Time,
  envelopeFrom: Type.String({ description: 'Return path; empty for the null sender' }),
  envelopeTo: Type.String(),
  messageId: Nullable(Type.String()),
  subject: Nullable(Type.String()),
  from: Nullable(Type.String({ description: 'The From header, decoded' })),
  to: Nullable(Type.String({ description: 'The To header, decoded' })),
  size: Type.Integer({ description: 'Octets' }),
});
export type SandboxMessageSummary = Static<typeof SandboxMessageSummary>;

const SandboxAttachment = Type.Object({
  filename: Nullable(Type.String()),
  contentType: Type.String(),
  size: Type.Integer({ description: 'Octets, decoded' }),
  contentId: Nullable(Type.String()),
});

/** `GET /api/sandbox/messages/{id}`: read by a MIME parser. */
export const SandboxMessage = Type.Object({
  ...SandboxMessageSummary.properties,
  headers: Type.Array(Type.Object({ name: Type.String(), value: Type.String() })),
  html: Nullable(Type.String({ description: 'As sent, images that came along put in as data: URLs' })),
  text: Nullable(Type.String()),
  attachments: Type.Array(SandboxAttachment),
});
export type SandboxMessage = Static<typeof SandboxMessage>;

export const SandboxAttachmentParams = Type.Object({ id: Id, index: Type.String({ pattern: '^[0-9]{1,4}$' }) });

const whom = {
  matching: Type.String({
    maxLength: 320,
    default: '',
    description: 'Only recipients whose address holds this; empty: everybody',
  }),
  sharePercent: Type.Number({
    minimum: 0,
    maximum: 100,
    default: 100,
    description: 'Of those, this share; always the same addresses',
  }),
};

export const SandboxRefusal = Type.Object(
  {
    reply: Type.String({
      pattern: '^[45][0-9]{2} [ -~]{1,200}$',
      description: 'What the server says to RCPT TO: 550 5.1.1 No such user here',
    }),
    firstAttemptOnly: Type.Boolean({ default: false, description: 'As greylisting does' }),
    ...whom,
  },
  closed,
);
export type SandboxRefusal = Static<typeof SandboxRefusal>;

export const SandboxDrop = Type.Object(
  { keepMessage: Type.Boolean({ description: 'Whether the message is kept before the connection is cut' }), ...whom },
  closed,
);
export type SandboxDrop = Static<typeof SandboxDrop>;

/** `GET|PUT /api/sandbox/behaviour`: trouble to try things out with. Forgotten when the program stops. */
export const SandboxBehaviour = Type.Object(
  {
    refuse: Nullable(SandboxRefusal),
    delayMs: Type.Integer({ minimum: 0, maximum: 60_000, description: 'Before the reply to a message' }),
    drop: Nullable(SandboxDrop),
  },
  closed,
);
export type SandboxBehaviour = Static<typeof SandboxBehaviour>;

export const SandboxCleared = Type.Object({ removed: Type.Integer() });
