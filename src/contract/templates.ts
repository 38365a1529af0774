import Type, { type Static } from 'typebox';
import { Id, Nullable, Time } from './common.ts';
import { EmailDesign } from './email-design.ts';

const closed = { additionalProperties: false } as const;

export const TemplateSummary = Type.Object({
  id: Id,
  name: Type.String(),
  version: Type.Integer({ description: 'The newest; a campaign keeps the one it was launched with' }),
  subject: Type.String(),
  createdAt: Time,
  updatedAt: Time,
});
export type TemplateSummary = Static<typeof TemplateSummary>;

export const Template = Type.Object({
  ...TemplateSummary.properties,
  htmlContent: Nullable(Type.String()),
  textContent: Nullable(Type.String()),
  mjml: Nullable(Type.String()),
  design: Nullable(EmailDesign),
  preparedHtml: Nullable(Type.String({ description: 'What is sent: MJML turned into HTML, styles inlined' })),
});
export type Template = Static<typeof Template>;

const content = {
  htmlContent: Type.Optional(Nullable(Type.String())),
  textContent: Type.Optional(Nullable(Type.String())),
  mjml: Type.Optional(Nullable(Type.String())),
  design: Type.Optional(Nullable(EmailDesign)),
};
const Name = Type.String({ minLength: 1, maxLength: 200 });
const Subject = Type.String({ minLength: 1, maxLength: 2000 });

/** `POST /api/templates` */
export const NewTemplate = Type.Object({ name: Name, subject: Subject, ...content }, closed);
export type NewTemplate = Static<typeof NewTemplate>;

/** `PATCH /api/templates/{id}`: changed content becomes the next version; null takes a part out. */
export const TemplateChange = Type.Object(
  { name: Type.Optional(Name), subject: Type.Optional(Subject), ...content },
  closed,
);
export type TemplateChange = Static<typeof TemplateChange>;

export const TemplateQuery = Type.Object({ version: Type.Optional(Type.Integer({ minimum: 1 })) });

/** `GET /api/templates/{id}/versions`: newest first. */
export const TemplateVersionSummary = Type.Object({
  version: Type.Integer(),
  subject: Type.String(),
  createdAt: Time,
});
export type TemplateVersionSummary = Static<typeof TemplateVersionSummary>;
