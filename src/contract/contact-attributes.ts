import Type, { type Static } from 'typebox';
import { Time } from './common.ts';

const AttributeTypeSchema = Type.Union(
  [
    Type.Literal('string'),
    Type.Literal('number'),
    Type.Literal('date'),
    Type.Literal('boolean'),
    Type.Literal('array'),
  ],
  { description: 'date: 2030-01-31, or 2030-01-31T09:00:00Z' },
);
export type AttributeType = Static<typeof AttributeTypeSchema>;

export const AttributeParams = Type.Object({ name: Type.String({ minLength: 1, maxLength: 100 }) });

/** `PUT /api/contacts/attributes/{name}` */
export const AttributeDeclaration = Type.Object({ type: AttributeTypeSchema }, { additionalProperties: false });

export const ContactAttribute = Type.Object({ name: Type.String(), type: AttributeTypeSchema, createdAt: Time });
export type ContactAttribute = Static<typeof ContactAttribute>;

export const DeclaredAttribute = Type.Object({
  ...ContactAttribute.properties,
  misfits: Type.Integer({
    description: 'Contacts that hold a value of another type. It stays as it is; no filter by this type matches it',
  }),
});
export type DeclaredAttribute = Static<typeof DeclaredAttribute>;

export const ContactAttributes = Type.Object({ items: Type.Array(ContactAttribute) });
