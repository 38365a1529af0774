import { type Insertable, type Selectable, sql } from 'kysely';
import type { Executor } from './database.ts';
import type { Templates, TemplateVersions } from './schema.generated.ts';

export type TemplateRow = Selectable<Templates>;
export type TemplateVersionRow = Selectable<TemplateVersions>;
export type NewTemplateVersion = Omit<Insertable<TemplateVersions>, 'version'>;

/** Stores content for good. Of a template: as its next version; of a campaign's own content: as version 1. */
export async function insertTemplateVersion(db: Executor, version: NewTemplateVersion): Promise<TemplateVersionRow> {
  const next = version.templateId
    ? sql<number>`(select coalesce(max(version), 0) + 1 from template_versions where template_id = ${version.templateId})`
    : 1;
  return db
    .insertInto('templateVersions')
    .values({ ...version, version: next })
    .returningAll()
    .executeTakeFirstOrThrow();
}

export async function findTemplateVersion(
  db: Executor,
  workspaceId: string,
  id: string,
): Promise<TemplateVersionRow | null> {
  const row = await db
    .selectFrom('templateVersions')
    .selectAll()
    .where('id', '=', id)
    .where('workspaceId', '=', workspaceId)
    .executeTakeFirst();
  return row ?? null;
}

export async function findLatestVersion(
  db: Executor,
  workspaceId: string,
  templateId: string,
): Promise<TemplateVersionRow | null> {
  const row = await db
    .selectFrom('templateVersions')
    .selectAll()
    .where('templateId', '=', templateId)
    .where('workspaceId', '=', workspaceId)
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ?? null;
}
