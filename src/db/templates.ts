import { type Insertable, type Selectable, sql } from 'kysely';
import type { Executor, HotExecutor } from './database.ts';
import { escapeLike } from './like.ts';
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

/** The same for the send path of single emails, as a prepared statement. */
export async function findLatestVersionAtOnce(
  db: HotExecutor,
  workspaceId: string,
  templateId: string,
): Promise<Pick<TemplateVersionRow, 'id' | 'subject' | 'mjml' | 'html' | 'text' | 'preparedHtml'> | null> {
  const { rows } = await db.query<
    Pick<TemplateVersionRow, 'id' | 'subject' | 'mjml' | 'html' | 'text' | 'preparedHtml'>
  >({
    name: 'find-latest-version',
    text: `select id, subject, mjml, html, text, prepared_html as "preparedHtml" from template_versions
      where template_id = $2 and workspace_id = $1 order by version desc limit 1`,
    values: [workspaceId, templateId],
  });
  return rows[0] ?? null;
}

export async function insertTemplate(
  db: Executor,
  template: { workspaceId: string; name: string },
): Promise<TemplateRow> {
  return db.insertInto('templates').values(template).returningAll().executeTakeFirstOrThrow();
}

/** Locks the template as well when `tx` is a transaction that will add a version: two of them take turns. */
export async function findTemplate(
  db: Executor,
  workspaceId: string,
  id: string,
  lock = false,
): Promise<TemplateRow | null> {
  let query = db.selectFrom('templates').selectAll().where('id', '=', id).where('workspaceId', '=', workspaceId);
  if (lock) query = query.forUpdate();
  return (await query.executeTakeFirst()) ?? null;
}

export async function findNumberedVersion(
  db: Executor,
  workspaceId: string,
  templateId: string,
  version: number,
): Promise<TemplateVersionRow | null> {
  const row = await db
    .selectFrom('templateVersions')
    .selectAll()
    .where('templateId', '=', templateId)
    .where('workspaceId', '=', workspaceId)
    .where('version', '=', version)
    .executeTakeFirst();
  return row ?? null;
}

const MOST_VERSIONS = 500;

/** The versions of a template, newest first. */
export async function listTemplateVersions(
  db: Executor,
  workspaceId: string,
  templateId: string,
): Promise<Array<Pick<TemplateVersionRow, 'version' | 'subject' | 'createdAt'>>> {
  return db
    .selectFrom('templateVersions')
    .select(['version', 'subject', 'createdAt'])
    .where('templateId', '=', templateId)
    .where('workspaceId', '=', workspaceId)
    .orderBy('version', 'desc')
    .limit(MOST_VERSIONS)
    .execute();
}

/** Templates, newest first, each with number and subject of its newest version. */
export async function listTemplates(
  db: Executor,
  filter: { workspaceId: string; search?: string; before?: string; limit: number },
): Promise<Array<TemplateRow & { version: number; subject: string }>> {
  let query = db
    .selectFrom('templates as t')
    .innerJoinLateral(
      (eb) =>
        eb
          .selectFrom('templateVersions as v')
          .select(['v.version', 'v.subject'])
          .whereRef('v.templateId', '=', 't.id')
          .orderBy('v.version', 'desc')
          .limit(1)
          .as('newest'),
      (join) => join.onTrue(),
    )
    .selectAll('t')
    .select(['newest.version', 'newest.subject'])
    .where('t.workspaceId', '=', filter.workspaceId);
  if (filter.search) query = query.where('t.name', 'ilike', `%${escapeLike(filter.search)}%`);
  if (filter.before) query = query.where('t.id', '<', filter.before);
  return query.orderBy('t.id', 'desc').limit(filter.limit).execute();
}

export async function updateTemplate(db: Executor, id: string, change: { name?: string }): Promise<TemplateRow> {
  return db
    .updateTable('templates')
    .set({ ...change, updatedAt: sql<Date>`now()` })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Removes a template. Versions that campaigns were made with stay, as those of no template. */
export async function deleteTemplate(tx: Executor, workspaceId: string, id: string): Promise<boolean> {
  await tx
    .updateTable('templateVersions as v')
    .set({ templateId: null })
    .where('v.templateId', '=', id)
    .where('v.workspaceId', '=', workspaceId)
    .where((eb) =>
      eb.exists(eb.selectFrom('campaigns as c').select(sql`1`.as('one')).whereRef('c.templateVersionId', '=', 'v.id')),
    )
    .execute();
  const row = await tx
    .deleteFrom('templates')
    .where('id', '=', id)
    .where('workspaceId', '=', workspaceId)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}
