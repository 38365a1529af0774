import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type, { type TUnknown } from 'typebox';
import { IdParams, Page, PageQuery } from '../../contract/common.ts';
import {
  SandboxAttachmentParams,
  SandboxBehaviour,
  SandboxCleared,
  SandboxMessage,
  SandboxMessageSummary,
} from '../../contract/sandbox.ts';
import type { Core } from '../../core/context.ts';
import {
  clearMessages,
  getMessage,
  getMessageAttachment,
  getMessageSource,
  listMessages,
  type SandboxControls,
} from '../../core/sandbox.ts';
import { AppError } from '../../errors.ts';
import { callerOf } from '../request.ts';

const tags = ['sandbox'];
const read = { config: { role: 'viewer' } } as const;
const write = { config: { role: 'editor' } } as const;

/** The built-in mailbox: what it took, and how it behaves. */
export function sandboxRoutes(
  core: Core,
  sandbox: { readonly controls: SandboxControls } | null,
): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/sandbox/messages',
      {
        ...read,
        schema: {
          tags,
          summary: 'Messages in the built-in mailbox, newest first; search looks at recipient and subject',
          querystring: PageQuery,
          response: { 200: Page(SandboxMessageSummary) },
        },
      },
      (request) => listMessages(core, callerOf(request), request.query),
    );

    app.get(
      '/sandbox/messages/:id',
      {
        ...read,
        schema: { tags, summary: 'One message, parsed', params: IdParams, response: { 200: SandboxMessage } },
      },
      (request) => getMessage(core, callerOf(request), request.params.id),
    );

    app.get(
      '/sandbox/messages/:id/source',
      { ...read, schema: { tags, summary: 'One message as it came', params: IdParams, response: { 200: plain } } },
      async (request, reply) => {
        const source = await getMessageSource(core, callerOf(request), request.params.id);
        return reply.type('text/plain; charset=utf-8').send(source);
      },
    );

    app.get(
      '/sandbox/messages/:id/attachments/:index',
      {
        ...read,
        schema: { tags, summary: 'One attachment, decoded', params: SandboxAttachmentParams, response: { 200: file } },
      },
      async (request, reply) => {
        const { id, index } = request.params;
        const { filename, content } = await getMessageAttachment(core, callerOf(request), id, Number(index));
        reply.header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(filename)}`);
        return reply.type('application/octet-stream').send(content);
      },
    );

    app.delete(
      '/sandbox/messages',
      { ...write, schema: { tags, summary: 'Empty the built-in mailbox', response: { 200: SandboxCleared } } },
      (request) => clearMessages(core, callerOf(request)),
    );

    app.get(
      '/sandbox/behaviour',
      { ...read, schema: { tags, summary: 'How the built-in mailbox behaves', response: { 200: SandboxBehaviour } } },
      () => running(sandbox).get(),
    );

    app.put(
      '/sandbox/behaviour',
      {
        ...write,
        schema: {
          tags,
          summary: 'Make the built-in mailbox refuse, delay or drop, until the program stops',
          body: SandboxBehaviour,
          response: { 200: SandboxBehaviour },
        },
      },
      (request) => {
        const controls = running(sandbox);
        controls.set(request.body);
        return controls.get();
      },
    );
  };
}

/** What is sent is octets; the schemas only describe them. */
const octets = (type: string) => ({ content: { [type]: { schema: Type.String() } } }) as unknown as TUnknown;
const plain = octets('text/plain');
const file = octets('application/octet-stream');

function running(sandbox: { readonly controls: SandboxControls } | null): SandboxControls {
  if (sandbox) return sandbox.controls;
  throw new AppError('NOT_FOUND', 'The built-in mailbox is off in this process. Start it with SANDBOX=true.');
}
