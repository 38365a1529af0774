import Type, { type Static } from 'typebox';
import { Id, Nullable, Time } from './common.ts';

const closed = { additionalProperties: false } as const;
const Words = (maxLength: number, description: string) => Type.Optional(Type.String({ maxLength, description }));

const Field = Type.Object(
  {
    name: Type.String({
      pattern: '^[A-Za-z_][A-Za-z0-9_]{0,49}$',
      description: 'firstName, lastName, name, or any attribute',
    }),
    label: Type.String({ minLength: 1, maxLength: 200 }),
    required: Type.Optional(Type.Boolean()),
  },
  closed,
);

const FormSettings = Type.Object(
  {
    title: Words(200, 'Heading of the page; the form’s name when it is not there'),
    intro: Words(2000, 'Below the heading; blank lines make paragraphs'),
    fields: Type.Optional(Type.Array(Field, { maxItems: 20, description: 'Asked besides the address' })),
    emailLabel: Words(200, 'Default: Email address'),
    chooseLists: Type.Optional(
      Type.Boolean({ description: 'People choose among the lists, by name; otherwise they get all of them' }),
    ),
    listsLabel: Words(200, 'Above the lists. Default: What would you like to receive?'),
    consentText: Words(2000, 'A box that has to be ticked; kept on record with each subscription'),
    button: Words(100, 'Default: Subscribe'),
    doneTitle: Words(200, 'Heading of the page afterwards. Default: Thank you'),
    doneText: Words(2000, 'On the page afterwards'),
    redirectUrl: Words(2000, 'Where people go afterwards, instead of that page: an http(s) address'),
    language: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$',
        description: 'Of your words, as "pt-BR". Default: en',
      }),
    ),
  },
  closed,
);
export type FormSettings = Static<typeof FormSettings>;

const Name = Type.String({ minLength: 1, maxLength: 200 });
const ListIds = Type.Array(Id, { minItems: 1, maxItems: 50, uniqueItems: true });

export const Form = Type.Object({
  id: Id,
  name: Type.String(),
  listIds: Type.Array(Id),
  settings: FormSettings,
  url: Type.String({ description: 'The page' }),
  embedHtml: Type.String({ description: 'The same as HTML for a page of your own; works without JavaScript' }),
  createdAt: Time,
  updatedAt: Time,
});
export type Form = Static<typeof Form>;

/** `POST /api/forms` */
export const NewForm = Type.Object({ name: Name, listIds: ListIds, settings: Type.Optional(FormSettings) }, closed);
export type NewForm = Static<typeof NewForm>;

/** `PATCH /api/forms/{id}` */
export const FormChange = Type.Object(
  {
    name: Type.Optional(Name),
    listIds: Type.Optional(ListIds),
    settings: Type.Optional(
      Type.Object(
        Object.fromEntries(
          Object.entries(FormSettings.properties).map(([name, schema]) => [name, Type.Optional(Nullable(schema))]),
        ),
        { ...closed, description: 'What it names; null goes back to the default' },
      ),
    ),
  },
  closed,
);
export type FormChange = { name?: string; listIds?: string[]; settings?: Record<string, unknown> };

/** `POST /api/forms/preview`: a form as it is being written. */
export const FormPreviewBody = Type.Object(
  { name: Name, listIds: Type.Array(Id, { maxItems: 50 }), settings: Type.Optional(FormSettings) },
  closed,
);
export type FormPreviewBody = Static<typeof FormPreviewBody>;

export const FormPreview = Type.Object({ html: Type.String({ description: 'The page, to be looked at' }) });
