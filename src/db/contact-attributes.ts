import { type Selectable, sql } from 'kysely';
import { type AttributeType, DATE_PATTERN } from '../domain/attribute-type.ts';
import type { Executor } from './database.ts';
import type { ContactAttributes } from './schema.generated.ts';

export type AttributeRow = Omit<Selectable<ContactAttributes>, 'type'> & { readonly type: AttributeType };

export async function listAttributes(db: Executor, workspaceId: string): Promise<AttributeRow[]> {
  const rows = await db
    .selectFrom('contactAttributes')
    .selectAll()
    .where('workspaceId', '=', workspaceId)
    .orderBy('name')
    .execute();
  return rows as AttributeRow[];
}

/** Declares it, or changes what was declared. */
export async function putAttribute(
  db: Executor,
  attribute: { workspaceId: string; name: string; type: AttributeType },
): Promise<AttributeRow> {
  const row = await db
    .insertInto('contactAttributes')
    .values(attribute)
    .onConflict((conflict) => conflict.columns(['workspaceId', 'name']).doUpdateSet({ type: attribute.type }))
    .returningAll()
    .executeTakeFirstOrThrow();
  return row as AttributeRow;
}

export async function deleteAttribute(db: Executor, workspaceId: string, name: string): Promise<boolean> {
  const row = await db
    .deleteFrom('contactAttributes')
    .where('workspaceId', '=', workspaceId)
    .where('name', '=', name)
    .returning('name')
    .executeTakeFirst();
  return row !== undefined;
}

/** How many contacts hold a value of another type. Reads all contacts of the workspace. */
export async function countMisfits(
  db: Executor,
  { workspaceId, name, type }: { workspaceId: string; name: string; type: AttributeType },
): Promise<number> {
  const value = sql`c.attributes->${name}`;
  const text = sql`c.attributes->>${name}`;
  const fits =
    type === 'date'
      ? sql`jsonb_typeof(${value}) = 'string' and ${text} ~ ${DATE_PATTERN}`
      : sql`jsonb_typeof(${value}) = ${type}`;
  const { rows } = await sql<{ misfits: number }>`
    select count(*)::int as misfits from contacts c
    where c.workspace_id = ${workspaceId} and c.attributes ? ${name} and not (${fits})`.execute(db);
  return rows[0]?.misfits ?? 0;
}
