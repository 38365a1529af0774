import Type, { type Static, type TSchema } from 'typebox';

// The block editor's own format: a list of blocks from top to bottom, which becomes MJML (src/mail/design.ts). Texts may hold Liquid.

const closed = { additionalProperties: false } as const;

const Color = Type.String({ pattern: '^#[0-9a-fA-F]{6}$', description: '#rrggbb' });
const Align = Type.Union([Type.Literal('left'), Type.Literal('center'), Type.Literal('right')]);
const Url = Type.String({ maxLength: 2000, description: 'http(s), mailto or tel; may hold Liquid' });
const BlockId = Type.String({
  pattern: '^[A-Za-z0-9_-]{1,40}$',
  description: 'Tells blocks apart while they are edited',
});

const block = <Kind extends string, Parts extends Record<string, TSchema>>(type: Kind, parts: Parts) =>
  Type.Object({ id: BlockId, type: Type.Literal(type), ...parts }, closed);

const Heading = block('heading', {
  text: Type.String({ maxLength: 2000 }),
  level: Type.Union([Type.Literal(1), Type.Literal(2), Type.Literal(3)]),
  align: Align,
});
const Text = block('text', {
  markdown: Type.String({ maxLength: 100_000, description: 'Markdown: **bold**, *italic*, [link](https://…), lists' }),
  align: Align,
});
const Button = block('button', {
  label: Type.String({ maxLength: 200 }),
  url: Url,
  align: Align,
  background: Color,
  color: Color,
});
const Image = block('image', {
  src: Url,
  alt: Type.String({ maxLength: 500, description: 'What it shows, for who does not see it; empty: decoration' }),
  url: Type.Optional(Url),
  width: Type.Optional(
    Type.Integer({ minimum: 10, maximum: 600, description: 'Pixels; by default as wide as there is room' }),
  ),
  align: Align,
});
const Divider = block('divider', { color: Color });
const Spacer = block('spacer', { height: Type.Integer({ minimum: 4, maximum: 200, description: 'Pixels' }) });
const Html = block('html', { html: Type.String({ maxLength: 200_000, description: 'As it is, inside a table cell' }) });
const Footer = block('footer', {
  markdown: Type.String({ maxLength: 10_000, description: 'Who writes and why; [Unsubscribe]({{unsubscribeUrl}})' }),
  align: Align,
});

const SIMPLE = [Heading, Text, Button, Image, Divider, Spacer, Html, Footer] as const;
const SimpleBlock = Type.Union([...SIMPLE]);
const Columns = block('columns', {
  columns: Type.Array(Type.Array(SimpleBlock, { maxItems: 20 }), {
    minItems: 2,
    maxItems: 3,
    description: 'Beside each other where there is room, else one below the other',
  }),
});

export const EmailDesign = Type.Object(
  {
    version: Type.Literal(1),
    preheader: Type.String({ maxLength: 500, description: 'What a mailbox shows behind the subject' }),
    background: Color,
    surface: Color,
    text: Color,
    link: Color,
    font: Type.Union([Type.Literal('sans'), Type.Literal('serif'), Type.Literal('mono')]),
    blocks: Type.Array(Type.Union([...SIMPLE, Columns]), { maxItems: 200 }),
  },
  { ...closed, description: "The block editor's format; becomes MJML" },
);
export type EmailDesign = Static<typeof EmailDesign>;
export type EmailBlock = EmailDesign['blocks'][number];
export type SimpleEmailBlock = Static<typeof SimpleBlock>;
