import Type, { type Static } from 'typebox';
import { Id, Nullable, Time } from './common.ts';

const closed = { additionalProperties: false } as const;

/** What is asked of a domain, in the order it is told. */
const DOMAIN_CHECKS = [
  'ownership',
  'dkim',
  'spf',
  'spf-servers',
  'dmarc',
  'alignment',
  'mx',
  'ptr',
  'tls',
  'refusals',
] as const;

const DNS_STATES = ['ok', 'missing', 'wrong', 'unknown'] as const;

/** One to set as it stands here. */
const DnsRecord = Type.Object({
  type: Type.String({ enum: ['TXT', 'MX', 'PTR'] }),
  host: Type.String({ description: 'The whole name' }),
  value: Type.String({ description: 'To paste as it is, without quotes' }),
});
export type DnsRecord = Static<typeof DnsRecord>;

export const DomainFinding = Type.Object({
  check: Type.String({ enum: [...DOMAIN_CHECKS] }),
  state: Type.String({ enum: [...DNS_STATES], description: 'unknown: the DNS, or a server, could not be asked' }),
  isAdvice: Type.Boolean({ description: 'Good to have; mail goes out properly without it' }),
  subject: Nullable(Type.String({ description: 'Which one, where there are several: a selector, a server' })),
  found: Nullable(Type.String({ description: 'What is there now' })),
  record: Nullable(DnsRecord),
  help: Type.String({ description: 'What it means, and what to do' }),
});
export type DomainFinding = Static<typeof DomainFinding>;

export const DkimKey = Type.Object({
  id: Id,
  selector: Type.String(),
  algorithm: Type.String({ enum: ['rsa', 'ed25519'] }),
  state: Type.String({
    enum: ['waiting', 'active', 'retired'],
    description:
      'waiting: signs as soon as its record is seen; active: signs; retired: signed once, and its record is to stay until removableAt',
  }),
  record: DnsRecord,
  activatedAt: Nullable(Time),
  removableAt: Nullable(Time),
  createdAt: Time,
});
export type DkimKey = Static<typeof DkimKey>;

export const Domain = Type.Object({
  id: Id,
  domain: Type.String(),
  state: Type.String({
    enum: ['pending', 'ready', 'faulty'],
    description:
      'pending: no record of a key was seen yet, nothing is signed; ready: mail from it is signed and nothing is wrong; faulty: signed, but a finding that is no advice is missing or wrong',
  }),
  keys: Type.Array(DkimKey),
  findings: Type.Array(DomainFinding),
  verifiedAt: Nullable(Time),
  checkedAt: Nullable(Time),
  createdAt: Time,
});
export type Domain = Static<typeof Domain>;

const Selector = Type.String({
  pattern: '^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$',
  description: 'The name of a key; made up when left out',
});
const PrivateKey = Type.String({
  minLength: 50,
  maxLength: 10_000,
  description: 'An own key in PEM, RSA or Ed25519, without a passphrase. Never read back. Made when left out',
});

/** `POST /api/domains` */
export const NewDomain = Type.Object(
  {
    domain: Type.String({ minLength: 1, maxLength: 253, description: 'What stands behind the @ of From' }),
    ed25519: Type.Optional(
      Type.Boolean({ default: false, description: 'A second key, for a second signature (RFC 8463)' }),
    ),
    selector: Type.Optional(Selector),
    privateKey: Type.Optional(PrivateKey),
  },
  closed,
);
export type NewDomain = Static<typeof NewDomain>;

/** `PATCH /api/domains/{id}` */
export const DomainChange = Type.Object(
  { ed25519: Type.Boolean({ description: 'With or without a second signature (RFC 8463)' }) },
  closed,
);
export type DomainChange = Static<typeof DomainChange>;

/** `POST /api/domains/{id}/rotate` */
export const NewKey = Type.Object(
  {
    algorithm: Type.Optional(Type.String({ enum: ['rsa', 'ed25519'], default: 'rsa' })),
    selector: Type.Optional(Selector),
    privateKey: Type.Optional(PrivateKey),
  },
  closed,
);
export type NewKey = Static<typeof NewKey>;

export const KeyParams = Type.Object({ id: Id, keyId: Id });
