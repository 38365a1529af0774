import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { IdParams, Page, PageQuery } from '../../contract/common.ts';
import { Contact } from '../../contract/contacts.ts';
import {
  CountBody,
  CountQuery,
  FilterContactsBody,
  NewSegment,
  Segment,
  SegmentChange,
  SegmentContactsQuery,
  SegmentCount,
} from '../../contract/segments.ts';
import type { Core } from '../../core/context.ts';
import { countFilter, countSegment } from '../../core/segment-counts.ts';
import {
  changeSegment,
  createSegment,
  getSegment,
  listFilterContacts,
  listSegmentContacts,
  listSegmentPage,
  removeSegment,
} from '../../core/segments.ts';
import { nothing } from '../replies.ts';
import { callerOf } from '../request.ts';

const tags = ['segments'];
const read = { config: { role: 'viewer' } } as const;
const write = { config: { role: 'editor' } } as const;

/** Contacts by what is known of them and what they did. */
export function segmentRoutes(core: Core): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/segments',
      {
        ...read,
        schema: { tags, summary: 'Segments, newest first', querystring: PageQuery, response: { 200: Page(Segment) } },
      },
      (request) => listSegmentPage(core, callerOf(request), request.query),
    );

    app.post(
      '/segments',
      { ...write, schema: { tags, summary: 'Make a segment', body: NewSegment, response: { 201: Segment } } },
      async (request, reply) => {
        reply.code(201);
        return createSegment(core, callerOf(request), request.body, request.resourceId);
      },
    );

    app.post(
      '/segments/count',
      {
        ...read,
        schema: {
          tags,
          summary:
            'How many contacts a filter holds for: exactly, or from a sample and with its margin; quick for any number',
          body: CountBody,
          response: { 200: SegmentCount },
        },
      },
      (request) => countFilter(core, callerOf(request), request.body.filter),
    );

    app.post(
      '/segments/contacts',
      {
        ...read,
        schema: {
          tags,
          summary: 'Contacts that a filter holds for, as those of a segment: to look at before it is kept',
          body: FilterContactsBody,
          response: { 200: Page(Contact) },
        },
      },
      (request) => {
        const { filter, ...page } = request.body;
        return listFilterContacts(core, callerOf(request), filter, page);
      },
    );

    app.get(
      '/segments/:id',
      { ...read, schema: { tags, summary: 'One segment', params: IdParams, response: { 200: Segment } } },
      (request) => getSegment(core, callerOf(request), request.params.id),
    );

    app.patch(
      '/segments/:id',
      {
        ...write,
        schema: {
          tags,
          summary: 'Change a segment; launched campaigns keep the filter they were launched with',
          params: IdParams,
          body: SegmentChange,
          response: { 200: Segment },
        },
      },
      (request) => changeSegment(core, callerOf(request), request.params.id, request.body),
    );

    app.delete(
      '/segments/:id',
      {
        ...write,
        schema: {
          tags,
          summary: 'Delete a segment that no draft or scheduled campaign uses; its contacts stay',
          params: IdParams,
          response: nothing,
        },
      },
      async (request, reply) => {
        await removeSegment(core, callerOf(request), request.params.id);
        return reply.code(204).send(null);
      },
    );

    app.get(
      '/segments/:id/contacts',
      {
        ...read,
        schema: {
          tags,
          summary: 'Contacts of a segment, newest first; a page may be short and still have a next one',
          params: IdParams,
          querystring: SegmentContactsQuery,
          response: { 200: Page(Contact) },
        },
      },
      (request) => listSegmentContacts(core, callerOf(request), request.params.id, request.query),
    );

    app.get(
      '/segments/:id/count',
      {
        ...read,
        schema: {
          tags,
          summary: 'How many contacts a segment has; exact=true looks at every contact',
          params: IdParams,
          querystring: CountQuery,
          response: { 200: SegmentCount },
        },
      },
      (request) => countSegment(core, callerOf(request), request.params.id, request.query.exact),
    );
  };
}
