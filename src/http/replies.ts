import Type from 'typebox';

/** 204: it is done and there is nothing to tell. */
export const nothing = { 204: Type.Null({ description: 'Done' }) };

/** A download. */
export function csvReply(json: ReturnType<typeof Type.Object>, description: string) {
  return {
    description,
    content: { 'application/json': { schema: json }, 'text/csv': { schema: Type.String() } },
  };
}
