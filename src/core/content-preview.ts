import type { Preview, PreviewBody } from '../contract/content.ts';
import { findContactFields } from '../db/audience.ts';
import { getWorkspace } from '../db/workspaces.ts';
import { notFound } from '../errors.ts';
import { uuid7 } from '../lib/uuid7.ts';
import { compileMessage } from '../mail/compile.ts';
import type { MessageSource, MessageVariables } from '../mail/message.ts';
import { listVariables, parseTemplate } from '../mail/template.ts';
import { readMailbox } from './campaign-message.ts';
import { type PreparedContent, prepareContent } from './content.ts';
import type { Caller, Core } from './context.ts';
import { TEST_UNSUBSCRIBE_TOKEN } from './test-send.ts';

/** Who is shown where there is no contact yet. */
const EXAMPLE = { firstName: 'Ada', lastName: 'Lovelace', name: 'Ada Lovelace' };
const NO_SENDER = 'news@example.com';
/** What every message has, whoever it is for. */
const BUILT_IN = new Set(['email', 'unsubscribeUrl', 'preferencesUrl', 'webVersionUrl']);

/** What somebody would read, rendered by what renders messages. Nothing is stored. */
export async function previewContent(
  core: Pick<Core, 'db' | 'baseUrl'>,
  caller: Caller,
  body: PreviewBody,
): Promise<Preview> {
  const { subject = '', from, contactId, data, ...parts } = body;
  const bodies = Object.keys(parts).length === 0 ? { textContent: ' ' } : parts;
  const content = await prepareContent({ ...bodies, subject: subject.trim() === '' ? ' .' : subject });
  const whom = Object.fromEntries(Object.entries({ from, contactId, data }).filter(([, value]) => value !== undefined));
  const shown = await showContent(core, caller, content, whom);
  return subject.trim() === '' ? { ...shown, subject: '' } : shown;
}

/** The same of content that is made ready already. */
export async function showContent(
  core: Pick<Core, 'db' | 'baseUrl'>,
  caller: Caller,
  content: PreparedContent,
  { from, contactId, data }: Pick<PreviewBody, 'from' | 'contactId' | 'data'>,
): Promise<Preview> {
  const person = data ? null : await findContactFields(core.db.sql, caller.workspaceId, contactId ?? null);
  if (contactId !== undefined && !data && !person) throw notFound('contact', contactId);
  const fields = data ?? person?.data ?? EXAMPLE;
  const email = person?.email ?? 'ada@example.com';
  const sender = from ?? (await defaultFrom(core, caller)) ?? NO_SENDER;
  const message = compileMessage(sourceOf(content, sender));
  const variables: MessageVariables = {
    to: { address: email },
    data: { ...fields, email },
    messageId: `preview.${uuid7()}@example.com`,
    date: new Date(),
    unsubscribeUrl: `${core.baseUrl}/u/${TEST_UNSUBSCRIBE_TOKEN}`,
    webVersionUrl: `${core.baseUrl}/v/${TEST_UNSUBSCRIBE_TOKEN}`,
    feedbackId: 'preview',
  };
  const shown = message.preview(variables);
  return {
    contact: person && { id: person.id, email: person.email },
    subject: shown.subject,
    html: shown.html ?? null,
    text: shown.text,
    size: message.render(variables).length,
    fields: fieldsOf(content).map((name) => ({ name, isMissing: isMissing(fields, name) })),
  };
}

/** The merge fields a message reads that a contact may lack, in order of first use. */
export function fieldsOf({
  subject,
  preparedHtml,
  text,
}: Pick<PreparedContent, 'subject' | 'preparedHtml' | 'text'>): string[] {
  const templates = [
    parseTemplate(subject, { escape: 'none', field: 'subject' }),
    ...(preparedHtml === null ? [] : [parseTemplate(preparedHtml, { escape: 'html', field: 'html' })]),
    ...(text === null ? [] : [parseTemplate(text, { escape: 'none', field: 'text' })]),
  ];
  return [...new Set(templates.flatMap(listVariables))].filter((name) => !BUILT_IN.has(name));
}

function isMissing(data: Readonly<Record<string, unknown>>, name: string): boolean {
  const value = data[name];
  return value === undefined || value === null || value === '';
}

function sourceOf({ subject, preparedHtml, text }: PreparedContent, from: string): MessageSource {
  return {
    from: readMailbox(from, 'from'),
    subject,
    ...(preparedHtml === null ? {} : { html: preparedHtml }),
    ...(text === null ? {} : { text }),
  };
}

async function defaultFrom(core: Pick<Core, 'db'>, { workspaceId }: Caller): Promise<string | undefined> {
  const { settings } = await getWorkspace(core.db.sql, workspaceId);
  return (settings as { from?: string }).from;
}
