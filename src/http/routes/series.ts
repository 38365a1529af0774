import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { IdParams, Page, PageQuery } from '../../contract/common.ts';
import {
  NewSeries,
  OccurrencesQuery,
  SeriesChange,
  SeriesDetail,
  SeriesOccurrence,
  SeriesPreview,
  SeriesPreviewBody,
  SeriesSummary,
} from '../../contract/series.ts';
import type { Core } from '../../core/context.ts';
import {
  changeSeries,
  createSeries,
  getSeries,
  listOccurrencePage,
  listSeriesPage,
  pauseSeries,
  removeSeries,
  resumeSeries,
  runSeries,
} from '../../core/series.ts';
import { previewSeries } from '../../core/series-preview.ts';
import { nothing } from '../replies.ts';
import { callerOf } from '../request.ts';

const tags = ['series'];
const read = { config: { role: 'viewer' } } as const;
const write = { config: { role: 'editor' } } as const;

/** Campaigns that come back by a schedule. */
export function seriesRoutes(core: Core): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/series',
      {
        ...read,
        schema: {
          tags,
          summary: 'Series, newest first',
          querystring: PageQuery,
          response: { 200: Page(SeriesSummary) },
        },
      },
      (request) => listSeriesPage(core, callerOf(request), request.query),
    );

    app.post(
      '/series',
      {
        ...write,
        schema: {
          tags,
          summary: 'Send a campaign by a schedule from now on, with its own content or with what is new in a feed',
          body: NewSeries,
          response: { 201: SeriesDetail },
        },
      },
      async (request, reply) => {
        reply.code(201);
        return createSeries(core, callerOf(request), request.body);
      },
    );

    app.post(
      '/series/preview',
      {
        // Editors only: it asks an address that somebody typed in.
        config: { role: 'editor', changes: false },
        schema: {
          tags,
          summary: 'The next five times, what the feed has now, and the mail as somebody would read it; stores nothing',
          body: SeriesPreviewBody,
          response: { 200: SeriesPreview },
        },
      },
      (request) => previewSeries(core, callerOf(request), request.body),
    );

    app.get(
      '/series/:id',
      { ...read, schema: { tags, summary: 'One series', params: IdParams, response: { 200: SeriesDetail } } },
      (request) => getSeries(core, callerOf(request), request.params.id),
    );

    app.patch(
      '/series/:id',
      {
        ...write,
        schema: {
          tags,
          summary: 'Change what later campaigns are made of, and when they come; null takes a part out',
          params: IdParams,
          body: SeriesChange,
          response: { 200: SeriesDetail },
        },
      },
      (request) => changeSeries(core, callerOf(request), request.params.id, request.body),
    );

    app.delete(
      '/series/:id',
      {
        ...write,
        schema: { tags, summary: 'Delete a series; its campaigns stay', params: IdParams, response: nothing },
      },
      async (request, reply) => {
        await removeSeries(core, callerOf(request), request.params.id);
        return reply.code(204).send(null);
      },
    );

    const moves = {
      pause: ['Launch nothing until it is resumed; what comes meanwhile is not made up for', pauseSeries],
      resume: ['Go on with the next time that comes', resumeSeries],
    } as const;
    for (const [name, [summary, move]] of Object.entries(moves)) {
      app.post(
        `/series/:id/${name}`,
        { ...write, schema: { tags, summary, params: IdParams, response: { 200: SeriesDetail } } },
        (request) => move(core, callerOf(request), request.params.id),
      );
    }

    app.post(
      '/series/:id/run',
      {
        config: { role: 'editor', operation: 'email-sending' },
        schema: {
          tags,
          summary: 'An occurrence now, beside those of the schedule; also of a series that is paused',
          params: IdParams,
          response: { 202: SeriesOccurrence },
        },
      },
      async (request, reply) => {
        reply.code(202);
        return runSeries(core, callerOf(request), request.params.id);
      },
    );

    app.get(
      '/series/:id/occurrences',
      {
        ...read,
        schema: {
          tags,
          summary: 'What became of each of its times, newest first',
          params: IdParams,
          querystring: OccurrencesQuery,
          response: { 200: Page(SeriesOccurrence) },
        },
      },
      (request) => listOccurrencePage(core, callerOf(request), request.params.id, request.query),
    );
  };
}
