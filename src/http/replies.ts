import Type, { type TSchema, type TUnknown } from 'typebox';

/** 204: it is done and there is nothing to tell. */
export const nothing = { 204: Type.Null({ description: 'Done' }) };

/** JSON, or the same as a download. What is sent is checked against the schemas when it is written, not by the compiler. */
export function csvReply(json: TSchema, description: string): TUnknown {
  const content = { 'application/json': { schema: json }, 'text/csv': { schema: Type.String() } };
  return { description, content } as unknown as TUnknown;
}

/** A download, in one of several types of content. */
export function fileReply(types: readonly string[], description: string): TUnknown {
  const content = Object.fromEntries(types.map((type) => [type.split(';')[0], { schema: Type.String() }]));
  return { description, content } as unknown as TUnknown;
}
