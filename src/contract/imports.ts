import Type, { type Static } from 'typebox';
import { Id, Nullable, Time } from './common.ts';

/** Header → field of contacts, name of an attribute, or null to leave the column out. */
export const Mapping = Type.Record(
  Type.String(),
  Nullable(Type.String({ pattern: '^[\\p{L}_][\\p{L}\\p{N}_-]{0,99}$' })),
  {
    description:
      'Header → email, firstName, lastName, name, tags, notes, timeZone, locale, an attribute, or null to leave it out',
  },
);

export const ImportMode = Type.Union([Type.Literal('merge'), Type.Literal('overwrite'), Type.Literal('skip')], {
  description:
    'Of contacts that exist. merge: take what is not empty · overwrite: also empty ones, of the columns there are · skip: leave them',
});
export type ImportMode = Static<typeof ImportMode>;

const Consent = Type.String({
  minLength: 1,
  maxLength: 500,
  description:
    'Where and how these people agreed to get mail, in your words: kept with each new subscription. Without it whoever is imported into a list with double opt-in is unconfirmed, and not sent to',
});

const DryRun = Type.Boolean({
  description:
    'Only tell what would become of every row. POST /api/imports/{id}/start imports it after that, within a day',
});

export const ADDRESS_NOTES = ['role', 'disposable', 'typo', 'mx'] as const;
export type AddressNote = (typeof ADDRESS_NOTES)[number];

const NoteOrRefuse = Type.Union([Type.Literal('note'), Type.Literal('refuse')]);

/** What to do about addresses that can be one but may not be wanted. All are noted unless refused; `mx` asks the DNS. */
export const AddressChecks = Type.Object(
  {
    role: Type.Optional(NoteOrRefuse),
    disposable: Type.Optional(NoteOrRefuse),
    typo: Type.Optional(NoteOrRefuse),
    mx: Type.Optional(
      Type.Union([Type.Literal('off'), Type.Literal('note'), Type.Literal('refuse')], { default: 'off' }),
    ),
  },
  {
    additionalProperties: false,
    description:
      'role: mailboxes of a function (info@) · disposable: domains that give addresses away for minutes · typo: probably mistyped domains · mx: domains without a mail server',
  },
);
export type AddressChecks = Static<typeof AddressChecks>;

const Finding = Type.Object({
  rows: Type.Integer(),
  examples: Type.Array(
    Type.Object({
      row: Type.Integer(),
      value: Type.String(),
      hint: Nullable(Type.String({ description: 'typo: the domain that may be meant' })),
    }),
    { description: 'The first twenty' },
  ),
});
export const AddressFindings = Type.Partial(
  Type.Object({ role: Finding, disposable: Finding, typo: Finding, mx: Finding }),
);
export type AddressFindings = Static<typeof AddressFindings>;

/** One person of a JSON import: an address and any fields; `attributes` may hold more of them. */
const Lead = Type.Object({ email: Type.String({ maxLength: 1000 }) }, { additionalProperties: true });

/** `POST /api/queue/leads/import` with JSON */
export const ImportLeadsBody = Type.Object(
  {
    leads: Type.Array(Lead, { minItems: 1, maxItems: 1_000_000 }),
    listId: Type.Optional(Id),
    listName: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'Made when there is none' })),
    mode: Type.Optional(ImportMode),
    checks: Type.Optional(AddressChecks),
    consent: Type.Optional(Consent),
    dryRun: Type.Optional(DryRun),
  },
  { additionalProperties: false },
);
export type ImportLeadsBody = Static<typeof ImportLeadsBody>;

export const ImportQueued = Type.Object({ importId: Id, status: Type.Literal('queued') });

export const ImportQuery = Type.Object({ importId: Id });

export const ImportStatus = Type.Object({
  importId: Id,
  state: Type.String({ enum: ['waiting', 'active', 'completed', 'failed', 'cancelled'] }),
  progress: Type.Number({ minimum: 0, maximum: 100 }),
  total: Type.Integer({ description: 'Rows; of a file, those read so far' }),
  counts: Type.Object(
    {
      inserted: Type.Integer(),
      updated: Type.Integer(),
      skipped: Type.Integer(),
      invalid: Type.Integer(),
      duplicate: Type.Integer(),
    },
    { description: 'They add up to the rows read' },
  ),
  target: Type.String({ enum: ['contacts', 'suppressions'] }),
  mode: Type.String(),
  dryRun: Type.Boolean({ description: 'The counts tell what would become of the rows; no contact was written' }),
  startable: Type.Boolean({ description: 'A dry run that has ended, and whose upload is still here' }),
  findings: AddressFindings,
  listId: Nullable(Id),
  filename: Nullable(Type.String()),
  error: Nullable(Type.String({ description: 'failed: why, with the row' })),
  rejectsUrl: Type.Optional(Type.String({ description: 'The rows that were refused' })),
  createdAt: Time,
  startedAt: Nullable(Time),
  finishedAt: Nullable(Time),
});
export type ImportStatus = Static<typeof ImportStatus>;

/** A row that was refused. */
export const ImportReject = Type.Object({
  row: Type.Integer({ description: 'Counted from 1, without the header' }),
  field: Nullable(Type.String()),
  value: Nullable(Type.String()),
  reason: Type.String(),
});
export type ImportReject = Static<typeof ImportReject>;

/**
 * `POST /api/imports/{id}/start`: imports what a dry run has looked at, or looks at it once more with other settings; mode,
 * mapping and checks are its own unless given.
 */
export const StartImportBody = Type.Object(
  {
    listId: Type.Optional(Id),
    listName: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    mode: Type.Optional(ImportMode),
    mapping: Type.Optional(Mapping),
    checks: Type.Optional(AddressChecks),
    consent: Type.Optional(Consent),
    dryRun: Type.Optional(
      Type.Boolean({
        description: 'Another dry run, which the upload goes over to: what would come of these settings',
      }),
    ),
  },
  { additionalProperties: false },
);
export type StartImportBody = Static<typeof StartImportBody>;

const Cell = Type.Union([Type.String(), Type.Number(), Type.Boolean()]);

/** `GET /api/imports/{id}/preview` */
export const ImportPreview = Type.Object({
  format: Type.String({ enum: ['csv', 'xlsx', 'jsonl', 'json'] }),
  layout: Type.String({ enum: ['mailchimp', 'listmonk', 'brevo', 'postrider', 'plain'] }),
  columns: Type.Array(
    Type.Object({
      header: Type.String(),
      target: Nullable(
        Type.String({ description: 'A field of contacts, the name of an attribute, or null: it is left out' }),
      ),
      isAttribute: Type.Boolean(),
      type: Nullable(Type.String({ description: 'Of an attribute: as it is declared, or as the first rows have it' })),
      samples: Type.Array(Type.String(), { description: 'Three different values' }),
    }),
  ),
  rows: Type.Array(Type.Array(Cell), { description: 'The first twenty' }),
});
export type ImportPreview = Static<typeof ImportPreview>;
