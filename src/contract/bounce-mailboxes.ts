import Type, { type Static } from 'typebox';
import { Id, Nullable, Time } from './common.ts';

const closed = { additionalProperties: false } as const;

const Secure = Type.Enum(['tls', 'starttls', 'none']);
const After = Type.Enum(['flag', 'move', 'delete'], {
  description:
    'What becomes of a returned mail once it is kept here: marked as read and flagged, moved to moveTo, or deleted. Other mail is left alone',
});
const Folder = Type.String({ minLength: 1, maxLength: 200 });

const settings = {
  port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535, description: '993 with tls, else 143' })),
  secure: Type.Optional(Secure),
  folder: Type.Optional(Folder),
  afterReading: Type.Optional(After),
  moveTo: Type.Optional(Nullable(Folder)),
  enabled: Type.Optional(Type.Boolean()),
};
const Name = Type.String({ minLength: 1, maxLength: 200 });
const Host = Type.String({ minLength: 1, maxLength: 253, pattern: '^[A-Za-z0-9._:-]+$' });
const Username = Type.String({ minLength: 1, maxLength: 320 });
const Password = Type.String({ minLength: 1, maxLength: 1000, description: 'Never read back' });

/** `POST /api/bounce-mailboxes` */
export const NewBounceMailbox = Type.Object(
  { name: Type.Optional(Name), host: Host, username: Username, password: Password, ...settings },
  closed,
);
export type NewBounceMailbox = Static<typeof NewBounceMailbox>;

/** `PATCH /api/bounce-mailboxes/{id}` */
export const BounceMailboxChange = Type.Object(
  {
    name: Type.Optional(Name),
    host: Type.Optional(Host),
    username: Type.Optional(Username),
    password: Type.Optional(Password),
    ...settings,
  },
  closed,
);
export type BounceMailboxChange = Static<typeof BounceMailboxChange>;

/** An IMAP mailbox that returned mail is fetched from. */
export const BounceMailbox = Type.Object({
  id: Id,
  name: Type.String(),
  host: Type.String(),
  port: Type.Integer(),
  secure: Type.String({ enum: ['tls', 'starttls', 'none'] }),
  username: Type.String(),
  folder: Type.String(),
  afterReading: Type.String({ enum: ['flag', 'move', 'delete'] }),
  moveTo: Nullable(Type.String()),
  enabled: Type.Boolean(),
  checkedAt: Nullable(Time),
  error: Nullable(Type.String({ description: 'What the last look failed with; null when it went well' })),
  createdAt: Time,
});
export type BounceMailbox = Static<typeof BounceMailbox>;

/** `POST /api/bounce-mailboxes/{id}/verify` */
export const BounceMailboxReport = Type.Object({
  ok: Type.Boolean(),
  message: Type.String(),
  messages: Nullable(Type.Integer({ description: 'In the folder' })),
});
export type BounceMailboxReport = Static<typeof BounceMailboxReport>;
