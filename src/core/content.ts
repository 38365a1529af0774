import type { CampaignDraftBody } from '../contract/campaigns.ts';
import type { EmailDesign } from '../contract/email-design.ts';
import type { Executor } from '../db/database.ts';
import { jsonbText } from '../db/jsonb.ts';
import { findLatestVersion, insertTemplateVersion, type TemplateVersionRow } from '../db/templates.ts';
import { AppError, notFound } from '../errors.ts';
import { designToMjml } from '../mail/design.ts';
import { prepareHtml } from '../mail/prepare.ts';
import { parseTemplate } from '../mail/template.ts';

export type Content = Pick<
  CampaignDraftBody,
  'subject' | 'htmlContent' | 'textContent' | 'mjml' | 'design' | 'templateId'
>;

/** Content that was checked and made ready: what a template version holds. */
export interface PreparedContent {
  readonly subject: string;
  readonly mjml: string | null;
  readonly html: string | null;
  readonly text: string | null;
  readonly preparedHtml: string | null;
  /** As JSON. */
  readonly design: string | null;
}

/**
 * Checks subject and bodies (template errors say line and column of what the author wrote) and does the work that is
 * done once: MJML to HTML, styles inlined.
 */
export async function prepareContent(content: Content): Promise<PreparedContent> {
  const { subject, htmlContent, textContent, design } = content;
  const given = (['htmlContent', 'mjml', 'design'] as const).filter((name) => content[name] !== undefined);
  if (given.length > 1) throw invalid(given[1] ?? 'mjml', `send either ${given.join(' or ')}, not both`);
  const mjml = design === undefined ? content.mjml : designToMjml(design);
  if (subject === undefined || subject.trim() === '') throw invalid('subject', 'a campaign needs a subject');
  if (/[\r\n\0]/.test(subject)) throw invalid('subject', 'a subject is one line: take the line breaks out');
  parseTemplate(subject, { escape: 'none', field: 'subject' });
  if (textContent !== undefined) parseTemplate(textContent, { escape: 'none', field: 'textContent' });
  if (htmlContent !== undefined) parseTemplate(htmlContent, { escape: 'html', field: 'htmlContent' });
  if (mjml !== undefined) parseTemplate(mjml, { escape: 'html', field: 'mjml' });
  if (!htmlContent && !mjml && !textContent)
    throw invalid('htmlContent', 'a campaign needs htmlContent, mjml, design or textContent');
  const prepared =
    mjml === undefined && htmlContent === undefined
      ? null
      : await prepareHtml(mjml === undefined ? { html: htmlContent ?? '' } : { mjml });
  return {
    subject,
    mjml: mjml ?? null,
    html: htmlContent ?? null,
    text: textContent ?? null,
    preparedHtml: prepared?.html ?? null,
    design: design === undefined ? null : jsonbText(design),
  };
}

/** The version a campaign is launched with: that of its template, or its own content stored as one. */
export async function storeContent(db: Executor, workspaceId: string, content: Content): Promise<TemplateVersionRow> {
  if (content.templateId === undefined) {
    return insertTemplateVersion(db, { workspaceId, templateId: null, ...(await prepareContent(content)) });
  }
  const version = await findLatestVersion(db, workspaceId, content.templateId);
  if (!version) throw notFound('template', content.templateId);
  const { htmlContent, mjml: source, textContent, design: blocks } = content;
  if ([htmlContent, source, textContent, blocks].some((part) => part !== undefined)) {
    throw invalid('templateId', 'send either templateId or content of its own, not both');
  }
  if (content.subject === undefined || content.subject === version.subject) return version;
  const own = await prepareContent({ ...contentOf(version), subject: content.subject });
  return insertTemplateVersion(db, { workspaceId, templateId: null, ...own });
}

/** What a version was made of, to be changed and made ready again. */
export function contentOf({ subject, mjml, html, text, design }: TemplateVersionRow): Content {
  return {
    subject,
    ...(design === null ? {} : { design: design as unknown as EmailDesign }),
    ...(design === null && mjml !== null ? { mjml } : {}),
    ...(mjml === null && html !== null ? { htmlContent: html } : {}),
    ...(text === null ? {} : { textContent: text }),
  };
}

/** A change over what there was: whatever form the message is given in takes the place of the other forms. */
export function mergeContent(old: Content, change: Content): Content {
  const { htmlContent, mjml, design, ...kept } = old;
  const keepsBody = [change.htmlContent, change.mjml, change.design].every((part) => part === undefined);
  return { ...(keepsBody ? old : kept), ...change };
}

export function invalid(path: string, message: string): AppError {
  return new AppError('VALIDATION', `${path}: ${message}`, { details: [{ path, message }] });
}
