import Type, { type Static, type TSchema } from 'typebox';

/** RFC 9457. `code` is one of docs/errors.md. */
export const Problem = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    code: Type.String(),
    detail: Type.String(),
    errors: Type.Array(Type.Object({ path: Type.String(), message: Type.String() })),
    requestId: Type.String(),
  },
  { $id: 'Problem', description: 'An error: what happened, what is safe, what to do (RFC 9457).' },
);
export type Problem = Static<typeof Problem>;

export const Id = Type.String({ format: 'uuid', description: 'UUIDv7' });
export const Time = Type.String({ format: 'date-time', description: 'ISO 8601, UTC' });
export const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

export const IdParams = Type.Object({ id: Id });

/** Every list takes these: `limit` to 1,000, an opaque `cursor` from the page before, and a search text. */
export const PageQuery = Type.Object({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 50 })),
  cursor: Type.Optional(Type.String({ maxLength: 500 })),
  search: Type.Optional(Type.String({ maxLength: 200 })),
});
export type PageQuery = Static<typeof PageQuery>;

export const Page = <T extends TSchema>(item: T) =>
  Type.Object({ items: Type.Array(item), nextCursor: Nullable(Type.String()), total: Type.Optional(Type.Integer()) });
export interface Page<T> {
  items: T[];
  nextCursor: string | null;
  total?: number;
}
