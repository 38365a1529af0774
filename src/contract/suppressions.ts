import Type, { type Static } from 'typebox';
import { Id, Nullable, PageQuery, Time } from './common.ts';

const closed = { additionalProperties: false } as const;

const KINDS = ['address', 'domain', 'hash'] as const;
/** Why; `paused` by the person until `expiresAt`, `erased` of a person who asked to be forgotten. */
export const SUPPRESSION_REASONS = [
  'unsubscribed',
  'paused',
  'hard-bounce',
  'complaint',
  'manual',
  'imported',
  'role',
  'erased',
] as const;

const Kind = Type.Union(
  KINDS.map((kind) => Type.Literal(kind)),
  { description: 'address · domain: it and all below it · hash: SHA-256 or MD5 of a lower-cased address' },
);

export const Suppression = Type.Object({
  id: Id,
  email: Type.String({ description: 'The address, `@example.com`, `sha256:…` or `md5:…`' }),
  kind: Type.String({ enum: [...KINDS] }),
  reason: Type.String({ enum: [...SUPPRESSION_REASONS] }),
  source: Nullable(Type.String({ description: 'Where it came from' })),
  expiresAt: Nullable(Type.String({ format: 'date-time', description: 'When it no longer binds; null: never' })),
  createdAt: Time,
});
export type Suppression = Static<typeof Suppression>;

/** Reasons that people and programs may give: the others are found out, or are a person's own. */
const GivenReason = Type.Union(
  (['manual', 'unsubscribed', 'hard-bounce', 'complaint', 'imported', 'role'] as const).map((r) => Type.Literal(r)),
);

/** `POST /api/suppressions` */
export const NewSuppression = Type.Object(
  {
    email: Type.Optional(Type.String({ maxLength: 1000, description: 'An address' })),
    domain: Type.Optional(Type.String({ maxLength: 300, description: 'example.com: it and all its subdomains' })),
    hash: Type.Optional(
      Type.String({ maxLength: 100, description: 'SHA-256 or MD5 of a lower-cased address, in hex' }),
    ),
    reason: Type.Optional(GivenReason),
    source: Type.Optional(Type.String({ maxLength: 300 })),
    expiresAt: Type.Optional(Type.String({ format: 'date-time', description: 'In the future; without it: for good' })),
  },
  closed,
);
export type NewSuppression = Static<typeof NewSuppression>;

export const SuppressionsQuery = Type.Object(
  {
    ...PageQuery.properties,
    search: Type.Optional(Type.String({ maxLength: 1000, description: 'How the entry begins; a whole one is exact' })),
    kind: Type.Optional(Kind),
    reason: Type.Optional(Type.Union(SUPPRESSION_REASONS.map((reason) => Type.Literal(reason)))),
    binds: Type.Optional(
      Type.String({ maxLength: 1000, description: 'An address: the entries that keep it from being sent to now' }),
    ),
  },
  closed,
);
export type SuppressionsQuery = Static<typeof SuppressionsQuery>;

/** `DELETE /api/suppressions/{id}` */
export const SuppressionRemoved = Type.Object({
  removed: Suppression,
  meaning: Type.String({ description: 'What follows from it, in words' }),
});
export type SuppressionRemoved = Static<typeof SuppressionRemoved>;

/** Fields of the form of `POST /api/suppressions/import`, besides the file. */
export const SuppressionImportFields = Type.Object(
  {
    column: Type.Optional(Type.String({ maxLength: 200, description: 'Of a CSV or JSONL file: which one holds them' })),
    reason: Type.Optional(GivenReason),
    source: Type.Optional(Type.String({ maxLength: 300 })),
  },
  closed,
);
export type SuppressionImportFields = Static<typeof SuppressionImportFields>;
