import type { CampaignDraftBody } from '../contract/campaigns.ts';
import type { Executor } from '../db/database.ts';
import { findLatestVersion, insertTemplateVersion, type TemplateVersionRow } from '../db/templates.ts';
import { AppError, notFound } from '../errors.ts';
import { prepareHtml } from '../mail/prepare.ts';
import { parseTemplate } from '../mail/template.ts';

export type Content = Pick<CampaignDraftBody, 'subject' | 'htmlContent' | 'textContent' | 'mjml' | 'templateId'>;

/** Content that was checked and made ready: what a template version holds. */
export interface PreparedContent {
  readonly subject: string;
  readonly mjml: string | null;
  readonly html: string | null;
  readonly text: string | null;
  readonly preparedHtml: string | null;
}

/**
 * Checks subject and bodies (template errors say line and column of what the author wrote) and does the work that is
 * done once: MJML to HTML, styles inlined.
 */
export async function prepareContent(content: Content): Promise<PreparedContent> {
  const { subject, htmlContent, textContent, mjml } = content;
  if (htmlContent !== undefined && mjml !== undefined) {
    throw invalid('mjml', 'send either htmlContent or mjml, not both');
  }
  if (subject === undefined || subject.trim() === '') throw invalid('subject', 'a campaign needs a subject');
  if (/[\r\n\0]/.test(subject)) throw invalid('subject', 'a subject is one line: take the line breaks out');
  parseTemplate(subject, { escape: 'none', field: 'subject' });
  if (textContent !== undefined) parseTemplate(textContent, { escape: 'none', field: 'textContent' });
  if (htmlContent !== undefined) parseTemplate(htmlContent, { escape: 'html', field: 'htmlContent' });
  if (mjml !== undefined) parseTemplate(mjml, { escape: 'html', field: 'mjml' });
  if (!htmlContent && !mjml && !textContent)
    throw invalid('htmlContent', 'a campaign needs htmlContent, mjml or textContent');
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
  };
}

/** The version a campaign is launched with: that of its template, or its own content stored as one. */
export async function storeContent(db: Executor, workspaceId: string, content: Content): Promise<TemplateVersionRow> {
  if (content.templateId === undefined) {
    return insertTemplateVersion(db, { workspaceId, templateId: null, ...(await prepareContent(content)) });
  }
  const version = await findLatestVersion(db, workspaceId, content.templateId);
  if (!version) throw notFound('template', content.templateId);
  if (content.htmlContent !== undefined || content.mjml !== undefined || content.textContent !== undefined) {
    throw invalid('templateId', 'send either templateId or content of its own, not both');
  }
  if (content.subject === undefined || content.subject === version.subject) return version;
  const { subject, mjml, html, text } = { ...version, subject: content.subject };
  const own = await prepareContent({
    subject,
    ...(mjml === null ? {} : { mjml }),
    ...(html === null || mjml !== null ? {} : { htmlContent: html }),
    ...(text === null ? {} : { textContent: text }),
  });
  return insertTemplateVersion(db, { workspaceId, templateId: null, ...own });
}

export function invalid(path: string, message: string): AppError {
  return new AppError('VALIDATION', `${path}: ${message}`, { details: [{ path, message }] });
}
