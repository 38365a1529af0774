import type { Page, PageQuery } from '../contract/common.ts';
import type {
  NewTemplate,
  Template,
  TemplateChange,
  TemplateSummary,
  TemplateVersionSummary,
} from '../contract/templates.ts';
import { inTransaction } from '../db/database.ts';
import {
  deleteTemplate,
  findLatestVersion,
  findNumberedVersion,
  findTemplate,
  insertTemplate,
  insertTemplateVersion,
  listTemplates,
  listTemplateVersions,
  type TemplateRow,
  type TemplateVersionRow,
  updateTemplate,
} from '../db/templates.ts';
import { notFound } from '../errors.ts';
import { type Content, contentOf, mergeContent, prepareContent } from './content.ts';
import type { Caller, Core } from './context.ts';
import { rowsOfPage, toPage } from './cursor.ts';

type TemplateCore = Pick<Core, 'db'>;

export async function createTemplate(core: TemplateCore, caller: Caller, body: NewTemplate): Promise<Template> {
  const { workspaceId } = caller;
  const prepared = await prepareContent(givenParts(body));
  return inTransaction(core.db.sql, async (tx) => {
    const template = await insertTemplate(tx, { workspaceId, name: body.name });
    const version = await insertTemplateVersion(tx, { workspaceId, templateId: template.id, ...prepared });
    return show(template, version);
  });
}

/** With its newest content, or that of the version asked for. */
export async function getTemplate(core: TemplateCore, caller: Caller, id: string, version?: number): Promise<Template> {
  const { workspaceId } = caller;
  const template = await findTemplate(core.db.sql, workspaceId, id);
  const content = template
    ? await (version === undefined
        ? findLatestVersion(core.db.sql, workspaceId, id)
        : findNumberedVersion(core.db.sql, workspaceId, id, version))
    : null;
  if (!template) throw notFound('template', id);
  if (!content) throw notFound(`version ${version} of the template`, id);
  return show(template, content);
}

export async function listTemplatePage(
  core: TemplateCore,
  caller: Caller,
  query: PageQuery,
): Promise<Page<TemplateSummary>> {
  const { limit = 50 } = query;
  const rows = await listTemplates(core.db.sql, { workspaceId: caller.workspaceId, ...rowsOfPage(query, limit) });
  return toPage(
    rows,
    limit,
    (row) => row.id,
    (row) => summary(row, row),
  );
}

/** Every version it has had, newest first. */
export async function listVersions(core: TemplateCore, caller: Caller, id: string): Promise<TemplateVersionSummary[]> {
  const { workspaceId } = caller;
  if (!(await findTemplate(core.db.sql, workspaceId, id))) throw notFound('template', id);
  const rows = await listTemplateVersions(core.db.sql, workspaceId, id);
  return rows.map(({ version, subject, createdAt }) => ({ version, subject, createdAt: createdAt.toISOString() }));
}

/** A new name is a new name; changed content is a new version, and what was sent before keeps the one it was sent with. */
export async function changeTemplate(
  core: TemplateCore,
  caller: Caller,
  id: string,
  body: TemplateChange,
): Promise<Template> {
  const { workspaceId } = caller;
  const { name, ...change } = body;
  return inTransaction(core.db.sql, async (tx) => {
    const before = await findTemplate(tx, workspaceId, id, true);
    const old = before && (await findLatestVersion(tx, workspaceId, id));
    if (!old) throw notFound('template', id);
    const changed = Object.keys(change).length > 0;
    const version = changed
      ? await insertTemplateVersion(tx, { workspaceId, templateId: id, ...(await prepareContent(merge(old, change))) })
      : old;
    return show(await updateTemplate(tx, id, name === undefined ? {} : { name }), version);
  });
}

export async function removeTemplate(core: TemplateCore, caller: Caller, id: string): Promise<void> {
  const removed = await inTransaction(core.db.sql, (tx) => deleteTemplate(tx, caller.workspaceId, id));
  if (!removed) throw notFound('template', id);
}

/** What is null is taken out, what is not named stays. */
function merge(old: TemplateVersionRow, change: Omit<TemplateChange, 'name'>): Content {
  const removed = Object.entries(change).flatMap(([name, part]) => (part === null ? [name] : []));
  const kept = Object.entries(contentOf(old)).filter(([name]) => !removed.includes(name));
  return mergeContent(Object.fromEntries(kept), givenParts(change));
}

function givenParts(change: Omit<TemplateChange, 'name'>): Content {
  const parts = Object.entries(change).filter(([name, part]) => name !== 'name' && part !== undefined && part !== null);
  return Object.fromEntries(parts);
}

function show(template: TemplateRow, version: TemplateVersionRow): Template {
  const { html, text, mjml, preparedHtml } = version;
  const design = version.design as unknown as Template['design'];
  return { ...summary(template, version), htmlContent: html, textContent: text, mjml, design, preparedHtml };
}

function summary(template: TemplateRow, { version, subject }: { version: number; subject: string }): TemplateSummary {
  return {
    id: template.id,
    name: template.name,
    version,
    subject,
    createdAt: template.createdAt.toISOString(),
    updatedAt: template.updatedAt.toISOString(),
  };
}
